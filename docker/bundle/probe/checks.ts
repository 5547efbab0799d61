import { lookup, Resolver } from 'node:dns/promises'
import { existsSync, readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { PROBE_TARGETS, type ProbeCheck, type ProbeCheckName, type ProbeInput } from '../../../server/contract/probe.ts'
import { connectStatus, reached, throughProxy } from './reach.ts'
import { findTokens } from './token-search.ts'
import { trustOfToolchains } from './trust.ts'

type Outcome = Pick<ProbeCheck, 'result' | 'detail'>
type Check = (input: ProbeInput) => Promise<Outcome>

const green = (detail: string): Outcome => ({ result: 'green', detail })
const red = (detail: string): Outcome => ({ result: 'red', detail })
const none = (detail: string): Outcome => ({ result: 'none', detail })

/** Where the agent could keep or be given something. The workspace is the operator's own and is not searched. */
const SEARCHED = ['/home/node', '/run', '/tmp', '/etc', '/var/tmp', '/opt']
const ENGINE_SOCKETS = [
  '/var/run/docker.sock',
  '/run/docker.sock',
  '/run/containerd/containerd.sock',
  '/run/podman/podman.sock',
]
/** A resolver that answers at all answers sooner. */
const NAME_MS = 200
const METADATA = [
  '169.254.169.254:80',
  '169.254.170.2:80',
  '100.100.100.200:80',
  '168.63.129.16:80',
  '[fd00:ec2::254]:80',
]
const NAMES = ['example.com', 'host.docker.internal', 'gateway.docker.internal', 'metadata.google.internal']

const CHECKS: Readonly<Record<ProbeCheckName, Check>> = {
  async control({ proxy }) {
    const status = await throughProxy(proxy, 'GET', 'http://_egress.local/allowlist')
    return status === 200 ? green('Egress answers.') : red(`Egress does not answer (${status || 'no connection'}).`)
  },
  async 'unlisted host'({ proxy }) {
    const status = await connectStatus(proxy, PROBE_TARGETS.unlisted)
    return status === 403
      ? green('A host without a route is refused.')
      : red(`A host without a route was answered ${status}, not 403.`)
  },
  async 'address literal'({ proxy }) {
    const statuses = await Promise.all(PROBE_TARGETS.literals.map((to) => connectStatus(proxy, to)))
    const open = statuses.filter((status) => status !== 400 && status !== 403)
    return open.length === 0
      ? green('Addresses in place of names are refused.')
      : red(`An address in place of a name was answered ${open[0]}.`)
  },
  async 'only way out'({ subnets }) {
    const allowed = new BlockList()
    for (const subnet of subnets) allowed.addSubnet(subnet.split('/')[0]!, Number(subnet.split('/')[1]), 'ipv4')
    const strange = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
      addresses
        .filter(
          ({ address, internal, scopeid }) =>
            !internal && !scopeid && !(isIP(address) === 4 && allowed.check(address, 'ipv4')),
        )
        .map(({ address }) => `${name} ${address}`),
    )
    if (strange.length > 0) return red(`The bottle is on a network of its own besides: ${strange.join(', ')}.`)
    const elsewhere = defaultGateways().filter((gateway) => !allowed.check(gateway, 'ipv4'))
    if (elsewhere.length > 0) return red(`There is a way out by ${elsewhere.join(', ')}.`)
    return green('One network, and nobody on it who leads further.')
  },
  async 'host services'({ listeners }) {
    return refusedAll(listeners, 'a live listener of this machine')
  },
  async dashboard({ dashboard }) {
    return refusedAll(dashboard, 'the dashboard')
  },
  async 'other bottles'({ peers }) {
    return peers.length === 0 ? none('There is no other bottle.') : refusedAll(peers, 'another bottle')
  },
  async metadata({ proxy }) {
    const direct = await reached(METADATA)
    const named = await connectStatus(proxy, PROBE_TARGETS.metadata)
    if (direct.length > 0) return red(`Reached ${direct.join(', ')}.`)
    return named === 403 || named === 400
      ? green('Cloud metadata is not reached.')
      : red(`Egress answered ${named} for metadata.`)
  },
  async names() {
    const own = new Resolver({ timeout: NAME_MS, tries: 1 })
    // Docker's own resolver answers on this address even when resolv.conf names another.
    const embedded = new Resolver({ timeout: NAME_MS, tries: 1 })
    embedded.setServers(['127.0.0.11'])
    const asked = NAMES.flatMap((name) => [
      own.resolve4(name).then(() => name),
      embedded.resolve4(name).then(() => `${name} by 127.0.0.11`),
      lookup(name).then(() => name),
    ])
    const resolved = await Promise.all(
      asked.map((answer) =>
        within(
          answer.catch(() => null),
          NAME_MS,
        ),
      ),
    )
    const names = [...new Set(resolved.filter((name) => name !== null))]
    return names.length === 0 ? green('No name is resolved inside.') : red(`Resolved ${names.join(', ')}.`)
  },
  async 'engine socket'() {
    const there = ENGINE_SOCKETS.filter((socket) => existsSync(socket))
    return there.length === 0 ? green('There is none.') : red(`There is ${there.join(', ')}.`)
  },
  async tokens({ tokens }) {
    if (tokens.length === 0) return none('This bottle has no credential.')
    const found = await findTokens(tokens, { folders: SEARCHED, proc: '/proc' })
    return found.length === 0 ? green('Not in environment, processes or files.') : red(`Found ${found.join(', ')}.`)
  },
  async canary({ proxy, canary }) {
    const url = 'http://_egress.local/scan'
    const [plain, coded, clean] = await Promise.all([
      throughProxy(proxy, 'POST', url, `note=${canary.value}`),
      throughProxy(proxy, 'POST', url, Buffer.from(`note ${canary.value}`).toString('base64')),
      throughProxy(proxy, 'POST', url, 'note=nothing to see'),
    ])
    if (clean !== 204) return red(`An innocent text was answered ${clean}, not 204.`)
    return plain === 403 && coded === 403
      ? green('Stopped, plain and encoded.')
      : red(`Not stopped (${plain} plain, ${coded} in base64).`)
  },
  async trust() {
    const toolchains = await trustOfToolchains()
    const not = toolchains.filter(({ trusted }) => !trusted)
    if (not.length > 0) return red(not.map(({ name, detail }) => `${name}: ${detail}`).join('; '))
    return green(`${toolchains.map(({ name }) => name).join(', ')} trust the bottle’s authority.`)
  },
}

/** Runs every check at once. @returns them in the order of the contract */
export function runChecks(input: ProbeInput): Promise<ProbeCheck[]> {
  return Promise.all(
    Object.entries(CHECKS).map(async ([name, check]) => {
      const startedAt = performance.now()
      const outcome = await check(input).catch((error: unknown) =>
        red(`The check itself failed: ${String(error).slice(0, 200)}`),
      )
      return { name: name as ProbeCheckName, ...outcome, durationMs: Math.round(performance.now() - startedAt) }
    }),
  )
}

async function refusedAll(addresses: readonly string[], what: string): Promise<Outcome> {
  const open = await reached(addresses)
  return open.length === 0
    ? green(`Not reached at ${addresses.length} addresses.`)
    : red(`Reached ${what}: ${open.join(', ')}.`)
}

/**
 * The engine writes a default route to the bridge's address, which nobody has; the live listeners show that.
 * @see proc(5), /proc/net/route: destination, gateway and mask as little-endian hexadecimal
 */
function defaultGateways(): string[] {
  const lines = readFileSync('/proc/net/route', 'utf8').trim().split('\n').slice(1)
  return lines.flatMap((line) => {
    const columns = line.trim().split(/\s+/)
    if (columns[1] !== '00000000' || columns[7] !== '00000000') return []
    return [
      (columns[2]!.match(/../g) ?? [])
        .reverse()
        .map((byte) => Number.parseInt(byte, 16))
        .join('.'),
    ]
  })
}

const within = <T>(promise: Promise<T>, ms: number): Promise<T | null> =>
  Promise.race([promise, new Promise<null>((resolve) => setTimeout(() => setImmediate(() => resolve(null)), ms))])
