import path from 'node:path'
import type { Duplex } from 'node:stream'
import type { Bottle } from '../../bottles/backend.ts'
import { inTurn, made, told } from '../../bottles/step-kinds.ts'
import { type LaunchRun, step } from '../../bottles/steps.ts'
import { addressesIn } from '../../bundle/addresses.ts'
import { probeBottle } from '../../bundle/boundary.ts'
import { bundleImage } from '../../bundle/bundle-image.ts'
import { startSidecars } from '../../bundle/start-sidecars.ts'
import type { DockerPlan } from '../../contract/plan.ts'
import { labelsOf } from '../../engine/names.ts'
import { createEgressNetwork, createInternalNetwork } from '../../engine/networks.ts'
import { removeContainers, removeNetworks } from '../../engine/remove.ts'
import { type EngineTools, stateFolder } from '../../engine/tools.ts'
import { newCanary } from '../../guest/canary.ts'
import { egressEnv } from '../../guest/guest-env.ts'
import { plainEnv } from '../../guest/plain-env.ts'
import { provision } from '../../guest/provision.ts'
import { putAuthority, trustAuthority } from '../../guest/trust.ts'
import { copyWorkspace } from '../../guest/workspace/copy-workspace.ts'
import { agentImage, usesBase } from '../../images/agent-image.ts'
import { baseImage } from '../../images/base-image.ts'
import { readExtraCa } from '../../images/extra-ca.ts'
import { abortable } from '../../lib/abortable.ts'
import { BoundaryError } from '../../probe/boundary-probe.ts'
import { bottleCa } from '../../sidecars/egress/certificates.ts'
import { agentContainer } from './agent-container.ts'
import { DockerBottle } from './bottle.ts'
import { containerGuest } from './container-guest.ts'
import { frozenImage } from './frozen.ts'
import { openGate } from './gate.ts'
import { probedGuest } from './probed-guest.ts'

/** Until a page tells its own size. */
const FIRST_SIZE = { cols: 120, rows: 32 }

/** Brings the bottle up step by step; if one fails, `run.scope` removes what the others made. */
export async function launch(plan: DockerPlan, run: LaunchRun, tools: EngineTools): Promise<Bottle> {
  const { docker, home } = tools
  const frozen = plan.resume?.frozen ?? null
  const extraCa = await readExtraCa(tools.extraCa)

  const base = await told(run, 'base image', async (output, signal) => {
    // The sidecars stand on it, too.
    if (!frozen && !(await usesBase(dockerfile(plan, tools)))) {
      output.say(`${plan.image.dockerfile} names a base of its own`)
      return plan.image.base
    }
    return inTurn(tools.images, 'base', output, signal, () =>
      baseImage(docker, { reference: plan.image.base, extraCa }, output, signal),
    )
  })
  const image = await told(run, 'agent image', (output, signal) => {
    if (frozen) {
      output.say(`Going on from ${frozen.reference}, with the workspace that is in it`)
      return frozenImage(frozen, tools)
    }
    return inTurn(tools.images, plan.image.reference, output, signal, () =>
      agentImage(docker, { plan: plan.image, file: dockerfile(plan, tools), base }, output, signal),
    )
  })

  const sidecars = await told(run, 'sidecar image', (output, signal) =>
    inTurn(tools.images, 'sidecars', output, signal, () =>
      bundleImage(docker, { root: tools.root, base }, output, signal),
    ),
  )

  // The engine finishes what it was asked for, also when the answer is no longer waited for: the release waits for it.
  const networks = await made(
    run,
    'networks',
    async () => ({
      internal: await createInternalNetwork(docker, {
        name: plan.networks.internal,
        labels: labelsOf(plan.slug, 'network', home),
      }),
      egress: await createEgressNetwork(docker, {
        name: plan.networks.egress,
        labels: labelsOf(plan.slug, 'network', home),
      }),
    }),
    () => removeNetworks(docker, plan.slug, home),
  )
  const addresses = addressesIn(networks.internal.subnet)
  const state = stateFolder(tools, plan.slug)
  const ca = await step(run, 'certificates', () => bottleCa(state, plan.slug))
  const canary = newCanary()
  await made(
    run,
    'sidecars',
    (signal) =>
      startSidecars(
        plan,
        run,
        { image: sidecars, networks, address: addresses.bundle, ca, canary, extraCa, stateFolder: state },
        tools,
        signal,
      ),
    () => removeContainers(docker, plan.slug, home, 'sidecars'),
  )
  const container = await made(
    run,
    'agent',
    async () => {
      const { NCPU: cores } = await docker.info()
      const env = plainEnv(plan, egressEnv(addresses.bundle, canary))
      const { id: network } = networks.internal
      return docker.createContainer(
        agentContainer(plan, { image, network, address: addresses.agent, home, cores, env }),
      )
    },
    () => removeContainers(docker, plan.slug, home, 'agent'),
  )

  const guest = containerGuest(docker, container)

  if (plan.workspace.mode === 'copy' && !frozen) {
    await told(run, 'workspace', (output, signal) => copyWorkspace(guest, plan.workspace, output, signal))
  }
  await told(run, 'provision', async (output, signal) => {
    await provision(guest, { plan, home, logins: run.logins }, output, signal)
    await putAuthority(guest, ca.certificate, signal)
    // Runs from here on, but waits at its gate: the probe goes in beside it.
    await docker.startContainer(container)
    await trustAuthority(guest)
  })
  await step(run, 'boundary probe', async (signal) => {
    const report = await probeBottle(plan.slug, probedGuest(plan.slug, container, tools), run.tokens, tools, signal)
    run.emit({
      type: 'probe',
      checks: report.checks,
      verdict: report.green ? 'green' : 'red',
      durationMs: report.durationMs,
    })
    if (!report.green) throw new BoundaryError(report)
  })
  const terminal = await step(run, 'start agent', (signal) => abortable(start(tools, container, run.secrets), signal))

  return new DockerBottle(tools, { slug: plan.slug, container, terminal })
}

/** @returns the agent's terminal, attached before its first byte: a prompt without a line's end is recorded nowhere */
async function start(
  { docker }: EngineTools,
  container: string,
  secrets: ReadonlyMap<string, string>,
): Promise<Duplex> {
  const [terminal] = await Promise.all([docker.attach(container), docker.resizeContainer(container, FIRST_SIZE)])
  await openGate(docker, container, secrets)
  return terminal
}

/** The operator's own Dockerfile is named by its full path, ours by its path in the repository. */
const dockerfile = (plan: DockerPlan, { root }: EngineTools) => path.resolve(root, plan.image.dockerfile)
