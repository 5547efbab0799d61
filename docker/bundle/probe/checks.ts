import { existsSync } from 'node:fs'
import {
  PROBE_TARGETS,
  type ProbeCheck,
  type ProbeCheckName,
  type ProbeInput,
  type ProbePace,
} from '../../../server/contract/probe.ts'
import { names } from './names.ts'
import { onlyWayOut } from './only-way-out.ts'
import { type Check, green, none, type Outcome, red } from './outcome.ts'
import { PACES } from './pace.ts'
import { connectStatus, reached, throughProxy } from './reach.ts'
import { findTokens } from './token-search.ts'
import { trustOfToolchains } from './trust.ts'

/** Where the agent could keep or be given something. The workspace is the operator's own and is not searched. */
const SEARCHED = ['/home/node', '/run', '/tmp', '/etc', '/var/tmp', '/opt']
const ENGINE_SOCKETS = [
  '/var/run/docker.sock',
  '/run/docker.sock',
  '/run/containerd/containerd.sock',
  '/run/podman/podman.sock',
]
const METADATA = [
  '169.254.169.254:80',
  '169.254.170.2:80',
  '100.100.100.200:80',
  '168.63.129.16:80',
  '[fd00:ec2::254]:80',
]

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
  'only way out': onlyWayOut,
  async 'host services'({ listeners, pace }) {
    return refusedAll(listeners, 'a live listener of this machine', pace)
  },
  async dashboard({ dashboard, pace }) {
    return refusedAll(dashboard, 'the dashboard', pace)
  },
  async 'other bottles'({ peers, pace }) {
    return peers.length === 0 ? none('There is no other bottle.') : refusedAll(peers, 'another bottle', pace)
  },
  async metadata({ proxy, pace }) {
    const [direct, named] = await Promise.all([
      reached(METADATA, PACES[pace].silenceMs),
      connectStatus(proxy, PROBE_TARGETS.metadata),
    ])
    if (direct.length > 0) return red(`Reached ${direct.join(', ')}.`)
    return named === 403 || named === 400
      ? green('Cloud metadata is not reached.')
      : red(`Egress answered ${named} for metadata.`)
  },
  names,
  async 'engine socket'() {
    const there = ENGINE_SOCKETS.filter((socket) => existsSync(socket))
    return there.length === 0 ? green('There is none.') : red(`There is ${there.join(', ')}.`)
  },
  async tokens({ tokens, pace }) {
    if (tokens.length === 0) return none('This bottle has no credential.')
    const found = await findTokens(tokens, { folders: SEARCHED, proc: '/proc', searchMs: PACES[pace].searchMs })
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
  async trust({ proxy }) {
    const toolchains = await trustOfToolchains(proxy)
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

async function refusedAll(addresses: readonly string[], what: string, pace: ProbePace): Promise<Outcome> {
  const open = await reached(addresses, PACES[pace].silenceMs)
  return open.length === 0
    ? green(`Not reached at ${addresses.length} addresses.`)
    : red(`Reached ${what}: ${open.join(', ')}.`)
}
