import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { inRoot, root } from './places.mjs'

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()
const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

/** A script that is told to end takes with it what it started. Only while it runs something: `start` becomes the server. */
function passOn(/** @type {NodeJS.Signals} */ signal) {
  for (const child of running) child.kill(signal)
  process.exitCode = 128 + constants.signals[signal]
  stopped = true
}
let stopped = false

/**
 * Runs a program in the repository's folder, its output going straight to ours.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string | undefined>, quiet?: boolean }} [options] `quiet`: show the output only when it fails
 * @returns {Promise<number>} the exit code; 127 when it could not be started, 128 + n when signal n ended it
 */
export function run(program, args, { env = {}, quiet = false } = {}) {
  return new Promise((resolve) => {
    const output = quiet ? 'pipe' : 'inherit'
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', output, output],
    })
    /** @type {Buffer[]} */
    const kept = []
    child.stdout?.on('data', (chunk) => kept.push(chunk))
    child.stderr?.on('data', (chunk) => kept.push(chunk))
    if (running.size === 0) for (const signal of signals) process.on(signal, passOn)
    running.add(child)
    const end = (/** @type {number} */ code) => {
      if (!running.delete(child)) return
      if (running.size === 0) for (const signal of signals) process.off(signal, passOn)
      if (stopped) process.exit()
      if (code !== 0) process.stderr.write(Buffer.concat(kept))
      resolve(code)
    }
    child.on('error', (error) => {
      kept.push(Buffer.from(`${program}: ${error.message}\n`))
      end(127)
    })
    child.on('close', (code, signal) => end(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
}

/** Runs a package's own script with our Node, without npx: signals arrive, nothing is downloaded. */
export const runNode = (
  /** @type {string} */ script,
  /** @type {readonly string[]} */ args,
  /** @type {Parameters<typeof run>[2]} */ options = {},
) => run(process.execPath, [inRoot('node_modules', script), ...args], options)
