import { connect } from 'node:net'
import { beforeAll, expect, test } from 'vitest'
import { type Act, acts, sh } from '../guest.ts'
import { DatagramLogger, hostAddresses } from '../listeners.ts'
import { route } from '../route.ts'
import { NAMES, type SceneOf } from '../scene.ts'
import { openTcp } from '../side.ts'
import { until } from '../until.ts'

/** Rows 1–7, 9, 37 and 38: packets that do not go to egress go nowhere. */
export function directWays(scene: SceneOf): void {
  const origin = () => scene().bottle.around.origin
  const evil = () => scene().bottle.around.evil
  const tcp = (...to: string[]) => to.map((to): Act => ({ kind: 'tcp', to }))

  beforeAll(() => scene().bottle.routes([route('origin.test', { ports: [origin().port] })], NAMES))

  /** None is reached; that the proxy is, by the same means, is part of every attack. */
  async function unreached(list: readonly Act[]) {
    const { replies, audit } = await scene().bottle.attack(list)
    expect(replies.filter((reply) => reply === 'REACHED')).toEqual([])
    expect(audit, 'egress saw nothing of it').toEqual([])
  }
  /** Whoever came to the evil side before us is let in before us: nobody of the control is taken for the bottle later. */
  async function forgetControl() {
    await connectedTo('127.0.0.1', evil().port)
    await until(() => evil().connected.includes('127.0.0.1'))
    evil().forget()
  }
  const refused = async (authorities: readonly string[]) => {
    const list = authorities.map((to): Act => ({ kind: 'tunnel', to, send: '' }))
    const { replies, audit } = await scene().bottle.attack(list)
    expect(replies.filter((reply) => !/^HTTP\/1.1 40[03] /.test(reply))).toEqual([])
    expect(audit.map(({ outcome }) => outcome)).toEqual(authorities.map(() => 'refused'))
  }
  /** Every address by which this machine might be found, on a port where somebody listens. */
  function hostPorts(port: number): string[] {
    const { bottle, neighbour } = scene()
    const gateways = [bottle, neighbour].flatMap(({ addresses, gateway }) => [addresses.gateway, gateway])
    return [...hostAddresses(), ...gateways].map((address) => `${address}:${port}`)
  }
  const curl = (flags: string, url: string, env: readonly string[] = []) =>
    scene().bottle.sh(`curl -s -m 10 -o /dev/null -w '%{http_code} %{http_connect}' ${flags} ${url}`, { env })
  const allowedUrl = () => `https://${scene().bottle.at()}/`
  const evilUrl = () => `https://evil.test:${evil().port}/`

  test('1 a public address is not reached', async () => {
    await unreached(tcp('1.1.1.1:443', '8.8.8.8:53'))
    expect((await curl('', allowedUrl())).stdout, 'the control: by the proxy').toBe('200 200')
    expect([7, 28]).toContain((await curl('--noproxy "*" -m 2', 'https://1.1.1.1')).code)
  })
  test('2 there is no IPv6', async () => {
    const { bottle } = scene()
    const mapped = await acts(bottle, [tcp(`[::ffff:${bottle.addresses.bundle}]:${bottle.proxy.split(':')[1]}`)])
    expect(mapped, 'the control: an address of this form is understood').toEqual(['REACHED'])
    await unreached(tcp('[2606:4700:4700::1111]:443', '[fd00::2]:443'))
    expect((await bottle.sh('grep -v " lo$" /proc/net/if_inet6')).stdout).toBe('')
  })
  test('3 no datagram leaves, and there are no raw sockets', async () => {
    const { bottle, unprotected } = scene()
    await using logger = await DatagramLogger.open(0, '0.0.0.0')
    const send = (text: string) => hostPorts(logger.port).map((to): Act => ({ kind: 'udp', to, text }))
    await acts(unprotected, [send('control')])
    await until(() => logger.heard('control'))
    await bottle.attack(send('exfil'))
    expect(logger.heard('exfil')).toBe(false)
    for (const kind of ['s.AF_INET, s.SOCK_RAW, 1', 's.AF_PACKET, s.SOCK_RAW, 0']) {
      const raw = ['python3', '-c', `import _socket as s; s.socket(${kind})`]
      expect((await unprotected.run(raw, { user: '0:0' })).code, 'the control').toBe(0)
      for (const user of ['1000:1000', ...(bottle.kernel === 'shared' ? ['0:0'] : [])])
        expect((await bottle.run(raw, { user })).stderr).toContain('Operation not permitted')
    }
  })
  test('4 cloud metadata is not reached, directly or by proxy', async () => {
    const addresses = ['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', '[fd00:ec2::254]']
    await unreached(tcp(...addresses.map((address) => `${address}:80`)))
    await refused([...addresses, 'metadata.google.internal'].map((host) => `${host}:80`))
  })
  test('5 no address of this machine is reached: gateways of all networks, and its own', async () => {
    const list = tcp(...hostPorts(evil().port))
    expect(await acts(scene().unprotected, [list]), 'the control').toContain('REACHED')
    await forgetControl()
    await unreached(list)
  })
  test('6 no service of this machine is reached: dashboard on loopback, engine, shell, whatever listens', async () => {
    const { bottle } = scene()
    await using dashboard = await openTcp('127.0.0.1')
    await connectedTo('127.0.0.1', dashboard.port)
    const ports = [dashboard.port, 4747, 22, 2375, 2376]
    const hosts = ['127.0.0.1', bottle.addresses.gateway, bottle.gateway]
    await unreached(tcp(...ports.flatMap((port) => hosts.map((host) => `${host}:${port}`))))
    const names = ['localhost', 'host.docker.internal', 'gateway.docker.internal']
    await refused(names.map((host) => `${host}:${dashboard.port}`))
  })
  test('7 another bottle is not reached, by address, name or its proxy', async () => {
    const { bottle, neighbour } = scene()
    const { agent, bundle } = neighbour.addresses
    const listen = 'node -e "require(\'net\').createServer().listen(7777)" >/dev/null 2>&1 & echo $! > /tmp/listener'
    await neighbour.sh(listen)
    const heard = () => acts(neighbour, [tcp(`${agent}:7777`, neighbour.proxy)])
    // The control: whoever is let there does reach both.
    await until(async () => (await heard()).join() === 'REACHED,REACHED')
    await unreached(tcp(`${agent}:7777`, `${bundle}:9099`, `${neighbour.name}:7777`))
    await unreached(tcp(...bottle.neighbourhood))
    await neighbour.sh('kill "$(cat /tmp/listener)"')
  })
  test('9 resolvers over TCP, TLS and HTTPS are not reached', async () => {
    await unreached(tcp('1.1.1.1:53', '1.1.1.1:853', '8.8.8.8:853', `${scene().bottle.addresses.gateway}:53`))
    await refused(['dns.google:443', 'cloudflare-dns.com:443', '1.1.1.1:443'])
  })
  test('37 a program that ignores the proxy has no route', async () => {
    const url = `https://${scene().bottle.gateway}:${evil().port}/`
    const direct = `curl -sk -m 2 --noproxy '*' ${url}`
    expect((await sh(scene().unprotected, direct)).code, 'the control').toBe(0)
    await forgetControl()
    const env = ['NO_PROXY=*', 'HTTPS_PROXY=', 'https_proxy=', 'no_proxy=*']
    expect([7, 28]).toContain((await scene().bottle.sh(direct, { env })).code)
    await unreached(tcp(`${scene().bottle.gateway}:${evil().port}`))
  })
  test('38 a program that trusts nobody, or everybody, reaches no more', async () => {
    const { told } = scene().bottle
    expect((await curl('--cacert /dev/null', allowedUrl())).code).not.toBe(0)
    expect((await curl('-k', allowedUrl())).stdout).toBe('200 200')
    const before = told.length
    expect((await curl('-k', evilUrl())).stdout).toBe('000 403')
    // Its line is waited for, or the next attack would take it for its own.
    await until(() => told.slice(before).some(({ host, rule }) => host === 'evil.test' && rule === 'not-listed'))
    expect(evil().connected).toEqual([])
  })
}

/** From this machine, so that not being reached from the bottle says something. @throws when nobody listens there */
const connectedTo = (host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, host, () => {
      socket.destroy()
      resolve()
    }).on('error', reject)
  })
