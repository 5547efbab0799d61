import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EGRESS_PORT } from '../contract/bundle.ts'
import type { BottleSlug } from '../contract/ids.ts'
import type { ProbeCheckName, ProbePace, ProbeReport } from '../contract/probe.ts'
import { homeHash, LABEL } from '../engine/names.ts'
import type { EngineTools } from '../engine/tools.ts'
import { HintedError } from '../errors.ts'
import type { GuestAccess } from '../guest/guest-access.ts'
import { CANARY_VARIABLE } from '../guest/guest-env.ts'
import { boundaryProbe, type ProbeTarget } from '../probe/boundary-probe.ts'
import { addressesIn } from './addresses.ts'

/**
 * Reads as many bytes as were sent: the end of an exec's input may be lost. The agent's choice to have `fetch` go by the
 * proxy makes every start of Node half as long again, and the probe goes there by its own hand.
 */
export const READ_SCRIPT = 'unset NODE_USE_ENV_PROXY; head -c "$1" | node --input-type=module -'

/** Checks that a slow answer of egress fails. Who has a way past it fails others, and those are judged at once. */
const ASKED_OF_EGRESS: ReadonlySet<ProbeCheckName> = new Set([
  'control',
  'unlisted host',
  'address literal',
  'metadata',
  'canary',
  'trust',
])
const LOOKS = 3
const LOOK_PAUSE_MS = 500

/** What is probed: the way in, and what its backend made for it. */
export interface ProbedGuest extends Pick<ProbeTarget, 'proxy' | 'subnets'> {
  /** Addresses, besides those of the bottle's networks, that could lead to this machine from inside. */
  gateways?: readonly string[]
  access: GuestAccess
  /** The value that was planted and must never leave. */
  canary: string
}

/**
 * Probes the boundary of a bottle from inside, whoever launched it: what else is there is asked of the engine.
 *
 * @param guest as it is found meanwhile
 * @param tokens real tokens by slot; only digests go inside
 */
export async function probeBottle(
  slug: BottleSlug,
  guest: ProbedGuest | Promise<ProbedGuest>,
  tokens: ReadonlyMap<string, string>,
  tools: EngineTools,
  signal: AbortSignal,
  pace: ProbePace = 'prompt',
): Promise<ProbeReport> {
  const [found, script, around] = await Promise.all([guest, probeScript(tools.root), surroundings(slug, tools)])
  const { access, canary, proxy, subnets, gateways = [] } = found
  const target: ProbeTarget = {
    pace,
    proxy,
    subnets,
    peers: around.peers,
    gateways: [...around.gateways, ...gateways],
    async run(text, signal) {
      const stdin = Buffer.from(text)
      const command = ['sh', '-c', READ_SCRIPT, 'probe', String(stdin.length)]
      return (await access.run({ command, user: 'node', stdin, signal })).stdout
    },
  }
  const facts = {
    script,
    tokens,
    canary: { variable: CANARY_VARIABLE, value: canary },
    dashboardPort: tools.dashboardPort ?? null,
  }
  for (let look = 1; ; look++) {
    const report = await boundaryProbe(target, facts, signal)
    if (report.green || look === LOOKS || !onlyUnanswered(report)) return report
    await sleep(LOOK_PAUSE_MS, undefined, { signal })
  }
}

/** Nothing was reached that must not be: egress did not answer as it should, which on a busy machine may be for once. */
const onlyUnanswered = ({ checks }: ProbeReport): boolean =>
  checks.every(({ name, result }) => result !== 'red' || ASKED_OF_EGRESS.has(name))

/** The host's addresses on this bottle's networks, and the bundles of others. */
async function surroundings(
  slug: BottleSlug,
  { docker, home }: EngineTools,
): Promise<Pick<ProbeTarget, 'gateways' | 'peers'>> {
  const ofHome = `${LABEL.home}=${homeHash(home)}`
  const [networks, bundles] = await Promise.all([
    docker.listNetworks([ofHome, `${LABEL.slug}=${slug}`]),
    docker.listContainers([ofHome, `${LABEL.role}=sidecars`]),
  ])
  const gateways = networks.flatMap(({ IPAM }) =>
    IPAM?.Config?.[0]?.Subnet ? [addressesIn(IPAM.Config[0].Subnet).gateway] : [],
  )
  const peers = bundles
    .filter(({ Labels, State }) => Labels[LABEL.slug] !== slug && State === 'running')
    .flatMap(({ NetworkSettings }) => Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress))
    .filter(Boolean)
  return { gateways, peers: peers.slice(0, 50).map((address) => `${address}:${EGRESS_PORT}`) }
}

async function probeScript(root: string): Promise<string> {
  return readFile(path.join(root, 'dist/bundle/probe.mjs'), 'utf8').catch((cause: unknown) => {
    throw new HintedError('The boundary probe is not built.', 'Run `npm run build`, then launch again.', { cause })
  })
}
