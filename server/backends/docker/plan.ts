import type { MachineFacts } from '../../bottles/machine-facts.ts'
import type { DockerPlan, PlanNotice } from '../../contract/plan.ts'
import { containerName, egressNetworkName, internalNetworkName, sidecarsName } from '../../engine/names.ts'
import { deepFreeze } from '../../lib/deep-freeze.ts'
import type { ResolvedRequest } from '../../manifest/request.ts'
import { basePlan } from '../base-plan.ts'

/**
 * Everything that a launch on docker will do: plain JSON, deep-frozen, without secrets.
 * Touches nothing but files (`planning-touches-nothing` in .dependency-cruiser.mjs proves it).
 *
 * @returns the same plan for the same request, facts and files; what must be fixed first is in `blockers`
 */
export async function plan(request: ResolvedRequest, facts: MachineFacts): Promise<DockerPlan> {
  const common = await basePlan(request, facts)
  const { slug } = common
  return deepFreeze<DockerPlan>({
    ...common,
    warnings: [...common.warnings, ...diskWarning(common.limits.disk)],
    backend: 'docker',
    container: containerName(slug),
    sidecars: sidecarsName(slug),
    networks: { internal: internalNetworkName(slug), egress: egressNetworkName(slug) },
    runtime: facts.runsc ? 'runsc' : 'runc',
  })
}

/** Most storage drivers cannot limit one container (`storage-opt size` needs quotas of the file system). */
const diskWarning = (disk: string | null): PlanNotice[] =>
  disk === null
    ? []
    : [
        {
          code: 'disk-not-limited',
          message: `limits.disk (${disk}) is not enforced by the docker backend.`,
          fix: 'Keep an eye on the disk on the system page, or remove the limit.',
        },
      ]
