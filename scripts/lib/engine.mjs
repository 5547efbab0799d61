import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { aptInstall, isRootOnDebian, which } from './debian.mjs'
import { defaultSocket, engineAddress, whyEngineIsSilent } from './engine-address.mjs'
import { cacheFolder } from './places.mjs'
import { run } from './run.mjs'
import { say } from './say.mjs'

/** debootstrap makes the base image where no registry can be reached. */
const packages = { dockerd: 'docker.io', iptables: 'iptables', debootstrap: 'debootstrap' }
const startLimit = 60_000 // ms

/**
 * Sees to it that a Docker engine answers: installs and starts one where we may (root on Debian), else says how.
 *
 * @returns {Promise<string | null>} null when an engine answers, else what is wrong and the command that helps
 */
export async function ensureEngine() {
  const address = engineAddress()
  const silence = await whyEngineIsSilent(address)
  const ours = isRootOnDebian() && address === `unix://${defaultSocket}`
  if (silence !== null && !ours) return advice(address, silence)
  try {
    if (ours) await installMissing(silence === null ? ['debootstrap'] : Object.keys(packages))
    if (silence !== null) await start()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function installMissing(/** @type {readonly string[]} */ programs) {
  const missing = Object.entries(packages).filter(([program]) => programs.includes(program) && which(program) === null)
  if (missing.length > 0) await aptInstall(missing.map(([, name]) => name))
}

async function start() {
  if (existsSync('/run/systemd/system')) {
    say('Starting the Docker engine (systemctl) …')
    await run('systemctl', ['start', 'docker'], { quiet: true })
    return untilItAnswers('journalctl -u docker', () => false)
  }
  const log = path.join(cacheFolder, 'dockerd.log')
  say(`Starting the Docker engine (its log: ${log}) …`)
  mkdirSync(cacheFolder, { recursive: true })
  // Left by an engine that was killed. The number may belong to another program by now, and then dockerd refuses.
  for (const file of ['/var/run/docker.pid', '/var/run/docker/containerd/containerd.pid']) removeStalePid(file)
  const out = openSync(log, 'a')
  const program = which('dockerd') ?? 'dockerd'
  const engine = spawn(program, ['--pidfile=/var/run/docker.pid'], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', out, out],
    // The engine needs to find iptables and modprobe, which an ordinary PATH may lack.
    env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` },
  })
  let ended = false
  engine.on('exit', () => (ended = true))
  engine.on('error', () => (ended = true))
  engine.unref()
  await untilItAnswers(log, () => ended)
}

/** @throws with the log's end when the engine ended or stayed silent too long */
async function untilItAnswers(/** @type {string} */ log, /** @type {() => boolean} */ hasEnded) {
  const limit = Date.now() + startLimit
  while (Date.now() < limit && !hasEnded()) {
    if ((await whyEngineIsSilent(`unix://${defaultSocket}`)) === null) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  const tail = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-12).join('\n') : ''
  throw new Error(
    `The Docker engine ${hasEnded() ? 'ended at once' : `did not answer within ${startLimit / 1000} s`}. See ${log}\n${tail}`,
  )
}

function removeStalePid(/** @type {string} */ file) {
  if (!existsSync(file)) return
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10)
  const name = `/proc/${pid}/comm`
  if (existsSync(name) && /^(dockerd|containerd)/.test(readFileSync(name, 'utf8'))) return
  rmSync(file, { force: true })
}

function advice(/** @type {string} */ address, /** @type {string} */ silence) {
  const seen = `No Docker engine answers at ${address} (${silence}).`
  if (silence === 'EACCES') return `${seen}\n  You may not use it: sudo usermod -aG docker "$USER", then log in again.`
  if (process.platform !== 'linux') return `${seen}\n  Start Docker Desktop, OrbStack or Colima (colima start).`
  if (address !== `unix://${defaultSocket}`)
    return `${seen}\n  That address comes from DOCKER_HOST or the Docker context.`
  if (which('dockerd')) return `${seen}\n  Start it: sudo systemctl start docker`
  if (existsSync('/etc/debian_version'))
    return `${seen}\n  Install it: sudo apt-get install docker.io iptables debootstrap\n  Then: sudo usermod -aG docker "$USER", and log in again.`
  return `${seen}\n  Install Docker: https://docs.docker.com/engine/install/`
}
