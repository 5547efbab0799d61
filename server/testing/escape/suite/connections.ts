import { beforeAll, expect, test } from 'vitest'
import type { BottleWorld } from '../bottle-world.ts'
import { route } from '../route.ts'
import { NAMES, type SceneOf } from '../scene.ts'

/** Rows 10–12, 21 and 22: host and port are decided before a connection is made, and its address once more. */
export function connections(scene: SceneOf): void {
  const bottle = () => scene().bottle
  const origin = () => bottle().around.origin
  const evil = () => bottle().around.evil
  const listed = () => [
    route('origin.test', { ports: [origin().port] }),
    // Names that lead to private addresses when they are looked up beside the bottle: rebinding.
    route('localhost', { ports: [origin().port, evil().port] }),
    route('bundle', { ports: [9099] }),
    route(scene().neighbour.name, { ports: [origin().port, evil().port] }),
  ]
  beforeAll(() => bottle().routes(listed(), NAMES))

  test.each<[promise: string, authority: (bottle: BottleWorld) => string, status: number, rule: string]>([
    ['10 a host that is not on the list', () => `evil.test:${evil().port}`, 403, 'not-listed'],
    ['10 a listed host on another port', () => `origin.test:${evil().port}`, 403, 'port-not-listed'],
    ['11 this machine’s address', ({ gateway }) => `${gateway}:${evil().port}`, 400, 'address-literal'],
    ['11 the same as one number', ({ gateway }) => `${asNumber(gateway)}:${evil().port}`, 400, 'address-literal'],
    ['11 the same in hexadecimal', ({ gateway }) => `${asHex(gateway)}:${evil().port}`, 400, 'address-literal'],
    ['11 the same as mapped IPv6', ({ gateway }) => `[::ffff:${gateway}]:${evil().port}`, 400, 'address-literal'],
    ['12 a listed name with a trailing dot', () => `origin.test.:${origin().port}`, 400, 'malformed'],
    ['12 a user in front of it', () => `origin.test@evil.test:${evil().port}`, 400, 'malformed'],
    ['12 an escape in it', () => `origin%2etest:${origin().port}`, 400, 'malformed'],
    ['12 its look-alike in Unicode', () => `\u043frigin.test:${origin().port}`, 400, 'malformed'],
    ['12 a zero before the port', () => `origin.test:0${origin().port}`, 400, 'malformed'],
    ['22 the proxy itself', ({ proxy }) => proxy, 400, 'address-literal'],
    ['22 the proxy by its address’ name', () => 'localhost:9099', 403, 'port-not-listed'],
    ['22 git and supervise by their address', ({ addresses }) => `${addresses.bundle}:9420`, 400, 'address-literal'],
  ])('%s is refused before a connection is made', async (_, authority, status, rule) => {
    const { reply, audit } = await bottle().attack({ kind: 'tunnel', to: authority(bottle()), send: '' })
    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(audit).toMatchObject([{ outcome: 'refused', method: 'CONNECT', rule }])
  })
  test('12 a listed name in capital letters is the same name', async () => {
    const { reply, arrived } = await bottle().attack({
      ...bottle().request('origin.test', 'GET /capital'),
      to: `ORIGIN.Test:${origin().port}`,
      servername: 'origin.test',
    })
    expect(reply).toMatch(/^HTTP\/1.1 200 /)
    expect(arrived).toMatchObject([{ url: '/capital' }])
  })
  test.each<[promise: string, host: () => string, port: () => number, rule: string]>([
    ['21 a listed name that leads to this machine’s loopback', () => 'localhost', () => evil().port, 'private-address'],
    ['21 a listed name of another bottle', () => scene().neighbour.name, () => evil().port, 'upstream'],
    ['22 a listed name that leads to the proxy itself', () => 'bundle', () => 9099, 'private-address'],
  ])('%s is refused when it is resolved', async (_, host, port, rule) => {
    const to = `${host()}:${port()}`
    const send = `GET / HTTP/1.1\r\nHost: ${to}\r\nConnection: close\r\n\r\n`
    const { reply, audit } = await bottle().attack({ kind: 'tunnel', to, send })
    expect(reply).toMatch(/^HTTP\/1.1 (403|502) /)
    expect(audit).toMatchObject([{ outcome: 'refused', rule }])
  })
  test('10 the control: the list is what keeps the evil side away; listed, it is reached', async () => {
    await bottle().routes([...listed(), route('evil.test', { ports: [evil().port] })], NAMES)
    const { stdout } = await bottle().sh(
      `curl -s -m 10 -o /dev/null -w '%{http_code}' https://evil.test:${evil().port}/`,
    )
    expect(stdout).toBe('200')
    expect(evil().arrived).toMatchObject([{ url: '/' }])
    evil().forget()
    await bottle().routes(listed(), NAMES)
    // Its line of audit is waited for by the next one that must have one.
    const { audit } = await bottle().attack(
      { kind: 'tunnel', to: `evil.test:${evil().port}`, send: '' },
      { lines: null },
    )
    expect(audit.at(-1)).toMatchObject({ outcome: 'refused', rule: 'not-listed' })
  })
}

const asNumber = (address: string): number => address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
const asHex = (address: string): string => `0x${asNumber(address).toString(16)}`
