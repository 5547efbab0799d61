import { randomBytes } from 'node:crypto'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import type { Bottle } from '../../bottles/backend.ts'
import { type LaunchRun, step } from '../../bottles/steps.ts'
import type { StepName } from '../../contract/events.ts'
import type { DockerPlan } from '../../contract/plan.ts'
import { abortable } from '../../lib/abortable.ts'
import { BoundaryError } from '../../probe/boundary-probe.ts'
import { bottleCa } from '../../sidecars/egress/certificates.ts'
import { agentContainer, plainEnv } from './agent-container.ts'
import { agentImage, usesBase } from './agent-image.ts'
import { baseImage } from './base-image.ts'
import { DockerBottle } from './bottle.ts'
import { readExtraCa } from './extra-ca.ts'
import { openGate } from './gate.ts'
import { labelsOf } from './names.ts'
import { createEgressNetwork, createInternalNetwork } from './networks.ts'
import { provision } from './provision.ts'
import { addressesIn } from './sidecars/addresses.ts'
import { probeBottle } from './sidecars/boundary.ts'
import { bundleImage } from './sidecars/bundle-image.ts'
import { egressEnv } from './sidecars/guest-env.ts'
import { startSidecars } from './sidecars/start-sidecars.ts'
import { putAuthority, trustAuthority } from './sidecars/trust.ts'
import { StepOutput } from './step-output.ts'
import { removeContainers, removeNetworks } from './teardown.ts'
import { type DockerTools, stateFolder } from './tools.ts'
import { copyWorkspace } from './workspace/copy-workspace.ts'

/** Until a page tells its own size. */
const FIRST_SIZE = { cols: 120, rows: 32 }

/** Brings the bottle up step by step; if one fails, `run.scope` removes what the others made. */
export async function launch(plan: DockerPlan, run: LaunchRun, tools: DockerTools): Promise<Bottle> {
  const { docker, home } = tools
  const extraCa = await readExtraCa(tools.extraCa)

  const base = await told(run, 'base image', async (output, signal) => {
    if (!(await usesBase(dockerfile(plan, tools)))) {
      output.say(`${plan.image.dockerfile} names a base of its own`)
      return plan.image.base
    }
    return inTurn(tools, 'base', output, signal, () =>
      baseImage(docker, { reference: plan.image.base, extraCa }, output, signal),
    )
  })
  const image = await told(run, 'agent image', (output, signal) =>
    inTurn(tools, plan.image.reference, output, signal, () =>
      agentImage(docker, { plan: plan.image, file: dockerfile(plan, tools), base }, output, signal),
    ),
  )

  const sidecars = await told(run, 'sidecar image', (output, signal) =>
    inTurn(tools, 'sidecars', output, signal, () => bundleImage(docker, { root: tools.root, base }, output, signal)),
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
      startSidecars(plan, run, { image: sidecars, networks, ca, canary, extraCa, stateFolder: state }, tools, signal),
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

  if (plan.workspace.mode === 'copy') {
    await told(run, 'workspace', (output, signal) => copyWorkspace(docker, container, plan.workspace, output, signal))
  }
  await told(run, 'provision', async (output, signal) => {
    await provision(docker, container, { plan, home, logins: run.logins }, output, signal)
    await putAuthority(docker, container, ca.certificate, signal)
    // Runs from here on, but waits at its gate: the probe goes in beside it.
    await docker.startContainer(container)
    await trustAuthority(docker, container)
  })
  await step(run, 'boundary probe', async (signal) => {
    const report = await probeBottle(plan.slug, container, run.tokens, tools, signal)
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
  { docker }: DockerTools,
  container: string,
  secrets: ReadonlyMap<string, string>,
): Promise<Duplex> {
  const [terminal] = await Promise.all([docker.attach(container), docker.resizeContainer(container, FIRST_SIZE)])
  await openGate(docker, container, secrets)
  return terminal
}

/** Looks like a key, so that whoever collects keys takes it along; it opens nothing. */
const newCanary = (): string => `bbk_${randomBytes(24).toString('base64url')}`

/** The operator's own Dockerfile is named by its full path, ours by its path in the repository. */
const dockerfile = (plan: DockerPlan, { root }: DockerTools) => path.resolve(root, plan.image.dockerfile)

/** A step that talks. */
function told<T>(
  run: LaunchRun,
  name: StepName,
  acquire: (output: StepOutput, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return step(run, name, async (signal) => {
    using output = new StepOutput(name, run.emit)
    return await acquire(output, signal)
  })
}

/**
 * A step that makes something in the engine. Its release is registered before it begins, because the engine may have
 * made the thing when we hear of a failure; it works by label and waits for the engine's answer first.
 */
function made<T>(
  run: LaunchRun,
  name: StepName,
  make: (signal: AbortSignal) => Promise<T>,
  release: () => Promise<void>,
): Promise<T> {
  return step(run, name, (signal) => {
    const making = make(signal)
    run.scope.defer(name, async () => {
      await making.catch(() => {})
      await release()
    })
    return abortable(making, signal)
  })
}

/** One image is made once: who comes second waits, and then finds it. */
function inTurn<T>(
  { images }: DockerTools,
  key: string,
  output: StepOutput,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  if (images.taken(key)) output.say('Another launch is making this image; waiting for it')
  return images.run(key, work, signal)
}
