/**
 * Promise 6: the boundary is proved. A proof is worth what it catches: each fault is put into a bottle that was green,
 * the check that is named must turn red for it, and green again once the fault is gone.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mintCa } from '../../docker/bundle/egress/leaf-issuer.ts'
import { launch } from '../backends/docker/launch.ts'
import { engineAbsent, TestHome, testRun } from '../backends/docker/testing/test-home.ts'
import { READ_SCRIPT } from '../bundle/boundary.ts'
import type { ProbeCheckName } from '../contract/probe.ts'
import { CANARY_VARIABLE, proxyOf } from '../guest/guest-env.ts'
import { mintWorldCa } from '../testing/escape/bottle-world.ts'
import { DockerWorld } from '../testing/escape/docker-world.ts'
import { Made } from '../testing/escape/made.ts'
import { route } from '../testing/escape/route.ts'
import { openTcp, Side } from '../testing/escape/side.ts'
import { BoundaryError, boundaryProbe, type ProbeFacts, type ProbeTarget } from './boundary-probe.ts'

const TOKEN = `real-${randomBytes(16).toString('hex')}`
const absent = await engineAbsent()
const docker = async (...args: string[]) => (await execa('docker', args)).stdout.trim()

/** What the probe is told besides what is so. */
type Told = Partial<ProbeTarget> & Partial<ProbeFacts>
interface Fault {
  told?: Told
  undo?: () => Promise<unknown>
}

describe.skipIf(absent)(`a boundary with a fault${absent ? ` (skipped: ${absent})` : ''}`, () => {
  const made = new Made()
  let home: TestHome
  let world: DockerWorld
  let script: string
  let canary: string

  beforeAll(async () => {
    const ca = await mintWorldCa()
    const origin = made.use(await Side.open(ca, ['origin.test']))
    home = made.use(await TestHome.create())
    world = made.use(await DockerWorld.launch(home, { ca, origin, evil: origin, tokens: { API: TOKEN } }))
    script = await readFile(path.join(home.tools.root, 'dist/bundle/probe.mjs'), 'utf8')
    canary = await world.canary()
  })
  afterAll(() => made[Symbol.asyncDispose]())

  /** @returns names of the checks that are red */
  async function red(told: Told = {}): Promise<ProbeCheckName[]> {
    const { agent, bundle, gateway } = world.addresses
    const facts = {
      script,
      tokens: new Map([['API', TOKEN]]),
      canary: { variable: CANARY_VARIABLE, value: canary },
      dashboardPort: null,
      ...told,
    }
    const target: ProbeTarget = {
      pace: 'prompt',
      proxy: proxyOf(bundle),
      subnets: [`${agent}/28`],
      gateways: [gateway, world.gateway],
      peers: [],
      async run(text) {
        const stdin = Buffer.from(text)
        const command = ['sh', '-c', READ_SCRIPT, 'probe', String(stdin.length)]
        return (await home.tools.docker.run(world.agent, { command, user: '1000:1000', stdin })).stdout
      },
      ...told,
    }
    const report = await boundaryProbe(target, facts, new AbortController().signal)
    return report.checks.filter(({ result }) => result === 'red').map(({ name }) => name)
  }

  const asRoot = async (line: string) => {
    const { code, stderr } = await world.sh(line, { user: '0:0' })
    if (code !== 0) throw new Error(stderr)
  }
  /** Puts the agent on one more network. */
  async function onNetwork(...options: string[]): Promise<{ gateway: string; undo: () => Promise<unknown> }> {
    const name = `bot-bottle-test-fault-${randomUUID().slice(0, 8)}`
    const labels = ['--label', 'io.bot-bottle.test=fault']
    await docker('network', 'create', ...labels, ...options, name)
    await docker('network', 'connect', name, world.agent)
    return {
      gateway: await docker('network', 'inspect', '-f', '{{(index .IPAM.Config 0).Gateway}}', name),
      async undo() {
        await docker('network', 'disconnect', '-f', name, world.agent)
        await docker('network', 'rm', name)
      },
    }
  }
  /** A program in the bottle that goes on until it is undone. */
  async function running(program: string, env: string[] = [], mark = randomUUID()): Promise<() => Promise<unknown>> {
    const variables = env.flatMap((entry) => ['-e', entry])
    await docker('exec', '-d', '-u', '0:0', ...variables, world.agent, 'node', '-e', program, mark)
    await world.sh(`until pgrep -f ${mark} >/dev/null; do sleep 0.05; done; sleep 0.2`)
    return () => world.sh(`pkill -f ${mark}; true`, { user: '0:0' })
  }
  /** A proxy that says what it is told to, at the address of the bottle itself. */
  async function fakeProxy(connect: number, scan: number): Promise<Fault> {
    const undo = await running(`
      const server = require('http').createServer((q, s) => { q.resume(); s.writeHead(q.method === 'POST' ? ${scan} : 200).end() })
      server.on('connect', (q, socket) => socket.end('HTTP/1.1 ${connect} X\\r\\n\\r\\n'))
      server.listen(9999, '127.0.0.1')`)
    return { told: { proxy: 'http://127.0.0.1:9999' }, undo }
  }

  /** Where the engine's own resolver in the bottle passes names on to, because it is told 127.0.0.1. */
  const resolver = (afterMs: number, ...transports: ('udp' | 'tcp')[]) =>
    running(`
      const answer = (asked) => {
        const end = asked.indexOf(0, 12) + 5
        const head = Buffer.concat([asked.subarray(0, 2), Buffer.from('81800001000100000000', 'hex')])
        return Buffer.concat([head, asked.subarray(12, end), Buffer.from('c00c000100010000003c0004c0000201', 'hex')])
      }
      const later = (act) => setTimeout(act, ${afterMs})
      const datagrams = require('dgram').createSocket('udp4')
      datagrams.on('message', (asked, { port, address }) => later(() => datagrams.send(answer(asked), port, address)))
      if (${transports.includes('udp')}) datagrams.bind(53, '127.0.0.1')
      const connections = require('net').createServer((socket) => socket.on('error', () => {}).on('data', (asked) => {
        const said = answer(asked.subarray(2))
        later(() => socket.write(Buffer.concat([Buffer.from([said.length >> 8, said.length & 255]), said])))
      }))
      if (${transports.includes('tcp')}) connections.listen(53, '127.0.0.1')`)

  test('is green without one', async () => {
    expect(await red()).toEqual([])
    expect(await red({ pace: 'thorough' })).toEqual([])
  })

  test.each<[fault: string, caughtBy: ProbeCheckName[], seed: () => Promise<Fault>]>([
    [
      'egress that does not run',
      ['control'],
      async () => {
        await docker('pause', world.bundle)
        return { undo: () => docker('unpause', world.bundle) }
      },
    ],
    [
      'a table with a host that nobody listed',
      ['unlisted host'],
      async () => {
        await world.routes([route('unlisted.bot-bottle.invalid', { ports: [9] })], [])
        return { undo: () => world.routes([], []) }
      },
    ],
    [
      'a proxy that opens whatever is asked for',
      ['unlisted host', 'address literal', 'metadata', 'canary'],
      () => fakeProxy(200, 204),
    ],
    ['a proxy that does not scan', ['canary'], () => fakeProxy(403, 204)],
    ['a proxy that refuses the innocent', ['canary'], () => fakeProxy(403, 403)],
    [
      'one more network',
      ['only way out'],
      () => onNetwork('--internal', '-o', 'com.docker.network.bridge.inhibit_ipv4=true'),
    ],
    [
      'a network with the machine on it',
      ['only way out', 'host services'],
      async () => {
        const { gateway, undo } = await onNetwork('--internal')
        return { undo, told: { gateways: [gateway] } }
      },
    ],
    [
      'a dashboard that can be reached',
      ['dashboard'],
      async () => {
        const dashboard = await openTcp('0.0.0.0')
        const { gateway, undo } = await onNetwork('--internal')
        const told = { gateways: [gateway], dashboardPort: dashboard.port }
        return { told, undo: () => Promise.all([undo(), dashboard[Symbol.asyncDispose]()]) }
      },
    ],
    [
      'a neighbour that can be reached',
      ['other bottles'],
      async () => {
        const neighbour = await openTcp('0.0.0.0')
        const { gateway, undo } = await onNetwork('--internal')
        const told = { peers: [`${gateway}:${neighbour.port}`] }
        return { told, undo: () => Promise.all([undo(), neighbour[Symbol.asyncDispose]()]) }
      },
    ],
    ['a resolver that answers', ['names'], async () => ({ undo: await resolver(0, 'udp') })],
    ['a resolver that is slow to answer', ['names'], async () => ({ undo: await resolver(150, 'tcp', 'udp') })],
    [
      'a resolver that is slow and knows datagrams only',
      ['names'],
      // A start does not wait for it; the probe that is repeated does.
      async () => ({ undo: await resolver(150, 'udp'), told: { pace: 'thorough' } }),
    ],
    ['a resolver that hears and never answers', ['names'], async () => ({ undo: await resolver(60_000, 'tcp') })],
    [
      'a name that leads to the machine',
      ['names'],
      async () => {
        await asRoot('cp /etc/hosts /tmp/hosts && echo "192.0.2.1 host.docker.internal" >> /etc/hosts')
        return { undo: () => asRoot('cat /tmp/hosts > /etc/hosts') }
      },
    ],
    [
      'the engine’s socket',
      ['engine socket'],
      async () => {
        const undo = await running(`require('net').createServer().listen('/var/run/docker.sock')`)
        return { undo: () => undo().then(() => asRoot('rm -f /var/run/docker.sock')) }
      },
    ],
    ['a token in an environment', ['tokens'], async () => ({ undo: await asAgent([`LEAK=${TOKEN}`]) })],
    ['a token on a command line', ['tokens'], async () => ({ undo: await asAgent([], TOKEN) })],
    [
      'a token in a file',
      ['tokens'],
      async () => {
        await world.sh(`mkdir -p ~/.config/x && echo '{"key":"${TOKEN}"}' > ~/.config/x/login.json`)
        return { undo: () => world.sh('rm -r ~/.config/x') }
      },
    ],
    [
      'no authority',
      ['trust'],
      async () => {
        await asRoot('mv /etc/bot-bottle/ca.pem /tmp/ca.pem')
        return { undo: () => asRoot('mv /tmp/ca.pem /etc/bot-bottle/ca.pem') }
      },
    ],
    [
      'another authority',
      ['trust'],
      async () => {
        const { certificate } = await mintCa('somebody else')
        await asRoot(`cp -p /etc/bot-bottle/ca.pem /tmp/ca.pem && printf %s '${certificate}' > /etc/bot-bottle/ca.pem`)
        return { undo: () => asRoot('mv /tmp/ca.pem /etc/bot-bottle/ca.pem') }
      },
    ],
  ])('%s is caught', async (_, caughtBy, seed) => {
    const { told, undo } = await seed()
    try {
      expect(await red(told)).toEqual(expect.arrayContaining(caughtBy))
    } finally {
      await undo?.()
    }
    expect(await red()).toEqual([])
  })

  /** A process of the agent's own user: of others it could not read either. */
  async function asAgent(env: string[], argument = ''): Promise<() => Promise<unknown>> {
    const mark = `mark-${randomUUID()}`
    const variables = env.flatMap((entry) => ['-e', entry])
    const program = 'setTimeout(() => {}, 60_000)'
    await docker('exec', '-d', '-u', '1000:1000', ...variables, world.agent, 'node', '-e', program, mark, argument)
    await world.sh(`until pgrep -f ${mark} >/dev/null; do sleep 0.05; done`)
    return () => world.sh(`pkill -f ${mark}; true`)
  }

  test('stops the launch: the agent is never started, and the check is named', async () => {
    await home.write('bottles/leaky.md', `---\nagent_provider: {template: shell}\nenv: {LEAK: ${TOKEN}}\n---\n`)
    await home.write('agents/leaky.md', '---\nbottle: leaky\n---\n')
    const run = { ...testRun(), tokens: new Map([['API', TOKEN]]) }
    const failure = await launch(await home.plan({ agent: 'leaky' }), run, home.tools).catch((error: unknown) => error)
    await run.scope.close()
    expect(String(failure)).toContain('“tokens”')
    expect(failure).toMatchObject({ cause: expect.any(BoundaryError) })
    expect(run.events.filter((event) => event.type === 'step-started').at(-1)).toMatchObject({ step: 'boundary probe' })
    expect(run.events).toContainEqual(expect.objectContaining({ type: 'probe', verdict: 'red' }))
  })
})
