import { spawn } from '@lydell/node-pty'
import WebSocket from 'ws'
import { Dashboard } from '../e2e/fixtures/dashboard.ts'
import { removeAllOf } from '../e2e/fixtures/engine.ts'
import { launchByProcedure, untilState, writeHome } from '../e2e/fixtures/launch.ts'
import { TTY_PROTOCOL } from '../server/contract/tty.ts'
import { report } from './lib/report.ts'
import { median, timings } from './lib/statistics.ts'

// From the confirmation to the first thing that the agent says, against `docker run -it` of the same image and program.
const TRIES = 7
const WORD = 'agent-is-here'
const COMMAND = ['sh', '-c', `echo ${WORD}; exec sleep 600`]

const dashboard = await Dashboard.start()
try {
  await writeHome(dashboard, 'agents/quick.md', '---\nbottle: quick\n---\n')
  const provider = `agent_provider: {template: shell, settings: {command: ${JSON.stringify(COMMAND)}}}`
  await writeHome(dashboard, 'bottles/quick.md', `---\n${provider}\nsupervise: false\n---\n`)
  const first = await launchByProcedure(dashboard, { agent: 'quick', label: 'warm' })
  const { plan } = await untilState(dashboard, first, 'running', 15 * 60_000)

  const launches = await timings(TRIES, launchUntilFirstWord)
  const runs = await timings(TRIES, () => runUntilFirstWord(plan.image.reference))
  const ours = median(launches)
  report({
    figure: 'confirm to the first byte of the agent (median)',
    unit: 'ms',
    ours,
    rival: median(runs),
    rivalName: 'docker run -it',
    aim: '< 2000 ms',
    met: ours < 2000,
    tries: TRIES,
  })
} finally {
  await dashboard.end()
  await removeAllOf(dashboard.home)
}

async function launchUntilFirstWord(): Promise<void> {
  const { planId, digest } = await dashboard.mutate('plans.resolve', { agent: 'quick' })
  const { slug } = await dashboard.mutate('bottles.launch', { planId, digest })
  // As the page does: the event stream tells when the agent runs, then the terminal is opened.
  const events = await fetch(`${dashboard.url}/api/bottles/${slug}/events`)
  let text = ''
  for await (const chunk of events.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk)
    if (text.includes('"state":"running"')) break
    if (text.includes('"state":"failed"')) throw new Error(`The launch failed:\n${text}`)
  }
  while (!(await saysTheWord(slug))) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** @returns false when the terminal was not there yet and asked to come again, as pages do */
async function saysTheWord(slug: string): Promise<boolean> {
  const address = `${dashboard.url.replace('http', 'ws')}/api/bottles/${slug}/tty?session=agent`
  const socket = new WebSocket(address, TTY_PROTOCOL, { origin: dashboard.url })
  try {
    return await new Promise<boolean>((resolve, reject) => {
      socket.on('message', (data) => String(data).includes(WORD) && resolve(true))
      socket.on('error', reject)
      socket.on('close', (code) => (code === 1001 ? resolve(false) : reject(new Error(`Closed with ${code}.`))))
    })
  } finally {
    socket.terminate()
  }
}

/** Waits for the word; what comes after it is not part of the figure, and neither is the removal. */
async function runUntilFirstWord(image: string): Promise<void> {
  const name = `bench-run-${process.pid}-${Math.random().toString(36).slice(2)}`
  const options = ['--rm', '--init', '--network', 'none', '--name', name, '--entrypoint', COMMAND[0] ?? 'sh']
  const client = spawn('docker', ['run', '-it', ...options, image, ...COMMAND.slice(1)], { cols: 120, rows: 32 })
  await new Promise<void>((resolve) => {
    client.onData((data) => data.includes(WORD) && resolve())
  })
  spawn('docker', ['kill', name], {})
}
