import { beforeAll, expect, test } from 'vitest'
import { route } from '../route.ts'
import { NAMES, type SceneOf, TOKENS } from '../scene.ts'
import { until } from '../until.ts'

const MIB = 2 ** 20
/** More than all the memory of the bundle, which is 512 MiB: held instead of passed on, it would end the bundle. */
const HUGE = 520 * MIB
/** More than is scanned as a whole (8 MiB): window by window, then. */
const LONG = 10 * MIB
const CONNECTIONS = 800

/** Rows 27 and 28: neither many connections nor large bodies use egress up, and size is no way round the scan. */
export function bodies(scene: SceneOf): void {
  const bottle = () => scene().bottle
  const origin = () => bottle().around.origin
  beforeAll(() => {
    const ports = [origin().port]
    const scan = { outbound: ['known_secrets'], inbound: false, onMatch: 'block' } as const
    const open = { outbound: false, inbound: false, onMatch: 'block' } as const
    const scanned = { ...scan, outbound: [...scan.outbound] }
    return bottle().routes(
      [
        route('origin.test', { ports }),
        route('open.test', { ports, scan: open }),
        route('large.test', { ports, scan: scanned }),
      ],
      NAMES,
    )
  })
  const upload = (host: string, bytes: number, end = '') =>
    ({ kind: 'upload', to: bottle().at(host), target: '/large', bytes, end }) as const

  test('27 hundreds of half-open tunnels keep nobody else out', async () => {
    const { reply } = await bottle().attack(
      { kind: 'halfOpen', to: bottle().at(), count: CONNECTIONS },
      { lines: null },
    )
    expect(reply).toBe(`${CONNECTIONS} open`)
  })
  test('28 a body larger than all memory of the bundle passes, every byte of it', async (context) => {
    const { skipped } = bottle()
    if (skipped.huge) return context.skip(skipped.huge)
    const { reply, arrived, audit } = await bottle().attack(upload('open.test', HUGE))
    expect(reply).toMatch(/^HTTP\/1.1 200 /)
    expect(arrived).toMatchObject([{ method: 'POST', url: '/large', size: HUGE }])
    expect(audit).toMatchObject([{ outcome: 'allowed', bytesUp: HUGE }])
  })
  test('28 a secret at the end of a long body is found, and the request never completes', async () => {
    const innocent = await bottle().attack(upload('large.test', LONG, 'no secret at all'))
    expect(innocent.reply, 'the control').toMatch(/^HTTP\/1.1 200 /)
    expect(innocent.arrived).toMatchObject([{ size: LONG }])
    const { reply, arrived, audit } = await bottle().attack(upload('large.test', LONG, TOKENS.OTHER))
    expect(reply).toMatch(/^HTTP\/1.1 403 .*secret-outbound/s)
    // The origin keeps whole requests only; the one of the control was before.
    expect(arrived).toEqual([])
    expect(audit).toMatchObject([{ outcome: 'refused', rule: 'secret-outbound' }])
  })
  test('28 an answer without end ends with who asked for it', async () => {
    let sending = 0
    origin().answer = (request, response) => {
      if (request.url !== '/endless') return void response.end('ok')
      sending++
      response.once('close', () => sending--)
      const chunk = Buffer.alloc(MIB / 4, 'endless ')
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      }
      response.on('drain', more).writeHead(200)
      more()
    }
    const download = { kind: 'download', to: bottle().at('open.test'), target: '/endless', bytes: 32 * MIB } as const
    const { reply, audit } = await bottle().attack(download)
    expect(reply).toMatch(/^HTTP\/1.1 200 /)
    await until(() => sending === 0)
    expect(audit[0]!.bytesDown).toBeGreaterThanOrEqual(30 * MIB)
  })
}
