import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { EGRESS_PORT } from '../../../contract/bundle.ts'
import type { BottleSlug } from '../../../contract/ids.ts'
import type { ProbeReport } from '../../../contract/probe.ts'
import { HintedError } from '../../../errors.ts'
import { boundaryProbe, type ProbeTarget } from '../../../probe/boundary-probe.ts'
import { homeHash, internalNetworkName, LABEL } from '../names.ts'
import type { DockerTools } from '../tools.ts'
import { addressesIn } from './addresses.ts'
import { CANARY_VARIABLE, proxyOf } from './guest-env.ts'

/** Reads as many bytes as were sent: the end of an exec's input may be lost. */
const READ_SCRIPT = 'head -c "$1" | node --input-type=module -'

/**
 * Probes the boundary of a bottle from inside, whoever launched it: everything that it needs is asked of the engine.
 *
 * @param tokens real tokens by slot; only digests go inside
 */
export async function probeBottle(
  slug: BottleSlug,
  container: string,
  tokens: ReadonlyMap<string, string>,
  tools: DockerTools,
  signal: AbortSignal,
): Promise<ProbeReport> {
  const [script, target, value] = await Promise.all([
    probeScript(tools.root),
    probeTarget(slug, container, tools),
    canaryOf(container, tools),
  ])
  const facts = {
    script,
    tokens,
    canary: { variable: CANARY_VARIABLE, value },
    dashboardPort: tools.dashboardPort ?? null,
  }
  return boundaryProbe(target, facts, signal)
}

async function probeTarget(slug: BottleSlug, container: string, tools: DockerTools): Promise<ProbeTarget> {
  const { docker, home } = tools
  const [networks, containers] = await Promise.all([
    docker.listNetworks([`${LABEL.home}=${homeHash(home)}`, `${LABEL.slug}=${slug}`]),
    docker.listContainers([`${LABEL.home}=${homeHash(home)}`, `${LABEL.role}=sidecars`]),
  ])
  const internal = networks.find(({ Name }) => Name === internalNetworkName(slug))?.IPAM?.Config?.[0]?.Subnet
  if (!internal) throw new HintedError('The network of this bottle is gone.', 'Stop the bottle and launch it again.')
  const gateways = networks.flatMap(({ IPAM }) =>
    IPAM?.Config?.[0]?.Subnet ? [addressesIn(IPAM.Config[0].Subnet).gateway] : [],
  )
  const peers = containers
    .filter(({ Labels, State }) => Labels[LABEL.slug] !== slug && State === 'running')
    .flatMap(({ NetworkSettings }) => Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress))
    .filter(Boolean)
  return {
    proxy: proxyOf(addressesIn(internal).bundle),
    subnets: [internal],
    gateways,
    peers: peers.slice(0, 50).map((address) => `${address}:${EGRESS_PORT}`),
    async run(text, signal) {
      const stdin = Buffer.from(text)
      const command = ['sh', '-c', READ_SCRIPT, 'probe', String(stdin.length)]
      const { stdout } = await docker.run(container, { command, user: '1000:1000', stdin, signal })
      return stdout
    },
  }
}

/** The canary means nothing, so it may stand in the container's configuration, where it outlives this server. */
async function canaryOf(container: string, { docker }: DockerTools): Promise<string> {
  const facts = await docker.inspectContainer(container)
  const variable = facts?.Config.Env.find((entry) => entry.startsWith(`${CANARY_VARIABLE}=`))
  if (!variable)
    throw new HintedError('This bottle has no canary.', 'It was launched by an older version: launch it again.')
  return variable.slice(CANARY_VARIABLE.length + 1)
}

async function probeScript(root: string): Promise<string> {
  return readFile(path.join(root, 'dist/bundle/probe.mjs'), 'utf8').catch((cause: unknown) => {
    throw new HintedError('The boundary probe is not built.', 'Run `npm run build`, then launch again.', { cause })
  })
}
