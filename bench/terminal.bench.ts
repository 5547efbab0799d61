import { type IPty, spawn } from '@lydell/node-pty'
import WebSocket from 'ws'
import { Dashboard } from '../e2e/fixtures/dashboard.ts'
import { removeAllOf } from '../e2e/fixtures/engine.ts'
import { launchByProcedure, untilState } from '../e2e/fixtures/launch.ts'
import { ACK_EVERY, TTY_PROTOCOL } from '../server/contract/tty.ts'
import { report } from './lib/report.ts'
import { median, quantile, timings } from './lib/statistics.ts'

// The terminal without a browser: a page that acknowledges what it got, against docker's own client in a terminal.
const KEYS = 400
const FLOOD_MB = 64
const FLOODS = 3
const PREPARE = `yes 'The quick brown fox jumps over the lazy dog, and so on, to the end of it.' | head -c ${FLOOD_MB}000000 > /tmp/flood`
/** Printed when a flood is through; the quotes keep it out of the echo of the command. */
const DONE = 'flood-is-through'
const FLOOD = `cat /tmp/flood; echo flood-is'-'through\r`

/** Either end of a comparison: something that types into a program and sees what comes back. */
interface Line {
  write(text: string): void
  onData(listener: (data: Buffer) => void): { dispose(): void }
  end(): void
}

const dashboard = await Dashboard.start()
try {
  const slug = await launchByProcedure(dashboard, { agent: 'shell', label: 'bench-terminal' })
  await untilState(dashboard, slug, 'running', 15 * 60_000)
  const container = `bot-bottle-${slug}`

  const agent = await openPage(slug, 'agent')
  const attached = dockerLine('attach', container)
  await until(agent, PREPARE.replace(/$/, "; echo pre'-'pared\r"), 'pre-pared')
  const [ours, theirs] = [await echo(agent), await echo(attached)]
  attached.end()
  const added = median(ours) - median(theirs)
  const common = { unit: 'ms', rivalName: 'docker attach', tries: KEYS }
  report({
    figure: 'key echo, bare bridge (median)',
    ours: median(ours),
    rival: median(theirs),
    aim: '< 2 ms added',
    met: added < 2,
    ...common,
  })
  report({
    figure: 'key echo, bare bridge (99 %)',
    ours: quantile(ours, 0.99),
    rival: quantile(theirs, 0.99),
    ...common,
  })

  const { session } = await dashboard.mutate('bottles.openShell', { slug, cols: 120, rows: 32 })
  const shell = await openPage(slug, session)
  const exec = dockerLine('exec', '-it', container, 'bash')
  const [bridge, rival] = [await flood(shell), await flood(exec)]
  exec.end()
  report({
    figure: 'terminal flood, shell through the bridge',
    unit: 'MB/s',
    ours: FLOOD_MB / (median(bridge) / 1000),
    rival: FLOOD_MB / (median(rival) / 1000),
    rivalName: 'docker exec -t',
    aim: 'at least the rival',
    met: median(bridge) <= median(rival),
    tries: FLOODS,
  })

  await until(agent, "clear; seq 1 6000; echo filled'-'up\r", 'filled-up')
  const reloads = await timings(15, async () => (await openPage(slug, 'agent')).end())
  report({
    figure: 'open a terminal to its full picture, 5,000 lines (median)',
    unit: 'ms',
    ours: median(reloads),
    aim: '< 300 ms with the page',
    met: median(reloads) < 300,
    tries: reloads.length,
  })
} finally {
  await dashboard.end()
  await removeAllOf(dashboard.home)
}

/** A page that draws nothing and says at once that it has. Resolves when it has its picture. */
async function openPage(slug: string, session: string): Promise<Line> {
  const address = `${dashboard.url.replace('http', 'ws')}/api/bottles/${slug}/tty?session=${session}`
  const socket = new WebSocket(address, TTY_PROTOCOL, { origin: dashboard.url, perMessageDeflate: false })
  const listeners = new Set<(data: Buffer) => void>()
  let unsaid = 0
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) return JSON.parse(data.toString()).type === 'snapshot' ? resolve() : undefined
      unsaid += data.length
      if (unsaid >= ACK_EVERY) {
        socket.send(JSON.stringify({ type: 'ack', bytes: unsaid }))
        unsaid = 0
      }
      for (const listener of listeners) listener(data)
    })
  })
  return {
    write: (text) => socket.send(Buffer.from(text)),
    onData(listener) {
      listeners.add(listener)
      return { dispose: () => listeners.delete(listener) }
    },
    end: () => socket.terminate(),
  }
}

/** Docker's own client in a terminal, as a person would use it. */
function dockerLine(...args: string[]): Line {
  const client: IPty = spawn('docker', args, { cols: 120, rows: 32, encoding: null })
  return {
    write: (text) => client.write(text),
    onData: (listener) => client.onData((data) => listener(Buffer.from(data))),
    end: () => client.kill('SIGKILL'),
  }
}

/** Types and waits for a word. Only the end of what came is looked at, so that looking costs nothing beside a flood. */
function until(line: Line, keys: string, word: string): Promise<void> {
  return new Promise((resolve) => {
    let end = ''
    const told = line.onData((data) => {
      end = (end + data.subarray(-200).toString('latin1')).slice(-400)
      if (!end.includes(word)) return
      told.dispose()
      resolve()
    })
    line.write(keys)
  })
}

/** Milliseconds from a key to its echo at the shell's prompt; every forty keys the line is cleared. */
async function echo(line: Line): Promise<number[]> {
  await until(line, "echo at-the'-'prompt\r", 'at-the-prompt')
  await new Promise((resolve) => setTimeout(resolve, 500))
  const times: number[] = []
  for (let n = 0; n < KEYS; n++) {
    if (n % 40 === 0) {
      line.write('\x15')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const startedAt = performance.now()
    await until(line, 'x', 'x')
    times.push(performance.now() - startedAt)
  }
  line.write('\x15')
  return times
}

function flood(line: Line): Promise<number[]> {
  return timings(FLOODS, () => until(line, FLOOD, DONE))
}
