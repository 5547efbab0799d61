import { Resolver } from 'node:dns/promises'
import { beforeAll, expect, test } from 'vitest'
import { type Act, acts } from '../guest.ts'
import { DatagramLogger, hostAddresses } from '../listeners.ts'
import { Made } from '../made.ts'
import { route } from '../route.ts'
import { NAMES, type SceneOf } from '../scene.ts'
import { until } from '../until.ts'

const DNS_PORT = 53

/** Row 8: what is asked of a resolver would be a message to whoever answers for the name. */
export function names(scene: SceneOf): void {
  beforeAll(() => {
    const { bottle } = scene()
    return bottle.routes([route('origin.test', { ports: [bottle.around.origin.port] })], NAMES)
  })

  test('8 no name is asked for outside: there is no way out by DNS', async (context) => {
    const { bottle, unprotected } = scene()
    await using made = new Made()
    const listen = (host: string) => DatagramLogger.open(DNS_PORT, host).then(made.use.bind(made), () => null)
    // On loopback is whom a resolver of the engine would ask on behalf of the bottle.
    const [loopback, gateway] = [await listen('127.0.0.1'), await listen(bottle.gateway)]
    if (!loopback && !gateway) return context.skip('port 53 of this machine is taken or not ours')
    const asked = (name: string) => Boolean(loopback?.heard(name) || gateway?.heard(name))

    const own = new Resolver({ timeout: 300, tries: 1 })
    own.setServers(['127.0.0.1'])
    await own.resolve4('control.evil.test').catch(() => {})
    await acts(unprotected, [[{ kind: 'name', name: 'outside.evil.test', server: bottle.gateway }]])
    await until(() => (!loopback || loopback.heard('control')) && (!gateway || gateway.heard('outside')))

    // In small letters: Node's resolver asks in no others.
    const name = 'inside.evil.test'
    const { bundle, gateway: atHand } = bottle.addresses
    const servers = ['127.0.0.11', '127.0.0.1', bundle, atHand, bottle.gateway, ...hostAddresses()]
    const { reply, replies } = await bottle.attack([
      { kind: 'name', name },
      ...servers.map((server): Act => ({ kind: 'name', name, server })),
    ])
    expect(reply).not.toMatch(/\d+\.\d+\.\d+\.\d+/)
    // Even “no such name” would be an answer of somebody who was asked.
    expect(replies[1 + servers.indexOf(atHand)]).not.toMatch(/^E(NOTFOUND|NODATA|SERVFAIL)$/)
    expect((await bottle.sh(`getent hosts ${name}`)).code).toBe(2)
    expect(asked('inside')).toBe(false)
  })
}
