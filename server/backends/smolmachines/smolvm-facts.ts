import type { SmolvmFacts } from '../../bottles/machine-facts.ts'
import type { Cidr } from '../../contract/ids.ts'
import type { Docker } from '../../engine/docker.ts'
import { BackendUnavailableError } from '../../errors.ts'
import { addressingFor } from './addressing.ts'
import { can } from './capabilities.ts'
import { absentAliases } from './loopback.ts'
import type { SmolmachinesTools } from './tools.ts'

/** What of the tools looking needs. */
export interface Looking extends Pick<SmolmachinesTools, 'smolvm' | 'unenforcedAllowed'> {
  docker: Pick<Docker, 'listNetworks'>
  platform?: NodeJS.Platform
}

/** What enters planning. @returns null when smolvm is not there or cannot be used */
export async function smolvmFacts(tools: Looking): Promise<SmolvmFacts | null> {
  const { smolvm, unenforcedAllowed, platform = process.platform } = tools
  try {
    const version = await smolvm.version()
    const { kind } = addressingFor({ version, platform })
    const [missing, engineNetworks] = await Promise.all([
      kind === 'routable' ? [] : absentAliases(kind),
      networksOf(tools.docker),
    ])
    const enforcesPolicy = can(version, 'enforcedPolicy')
    return { version, enforcesPolicy, unenforcedAllowed, platform, absentAliases: missing, engineNetworks }
  } catch (error) {
    if (error instanceof BackendUnavailableError) return null
    throw error
  }
}

/** IPv4 networks of the engine; none where it does not answer, which the doctor tells in a row of its own. */
async function networksOf(docker: Looking['docker']): Promise<Cidr[]> {
  const networks = await docker.listNetworks([]).catch(() => [])
  return networks
    .flatMap(({ IPAM }) => IPAM?.Config ?? [])
    .flatMap(({ Subnet }) => (Subnet && /^\d+(\.\d+){3}\/\d+$/.test(Subnet) ? [Subnet as Cidr] : []))
    .sort()
}
