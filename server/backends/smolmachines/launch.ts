import path from 'node:path'
import type { Bottle } from '../../bottles/backend.ts'
import { inTurn, made, told } from '../../bottles/step-kinds.ts'
import { type LaunchRun, step } from '../../bottles/steps.ts'
import { probeBottle } from '../../bundle/boundary.ts'
import { bundleImage } from '../../bundle/bundle-image.ts'
import { startSidecars } from '../../bundle/start-sidecars.ts'
import type { Cidr } from '../../contract/ids.ts'
import type { SmolmachinesPlan } from '../../contract/plan.ts'
import { labelsOf } from '../../engine/names.ts'
import { createBundleNetwork } from '../../engine/networks.ts'
import { removeContainers, removeNetworks } from '../../engine/remove.ts'
import { stateFolder } from '../../engine/tools.ts'
import { newCanary } from '../../guest/canary.ts'
import { egressEnv } from '../../guest/guest-env.ts'
import { plainEnv } from '../../guest/plain-env.ts'
import { provision } from '../../guest/provision.ts'
import { startScript } from '../../guest/start-script.ts'
import { putAuthority, trustAuthority } from '../../guest/trust.ts'
import { copyWorkspace } from '../../guest/workspace/copy-workspace.ts'
import { agentImage, usesBase } from '../../images/agent-image.ts'
import { baseImage } from '../../images/base-image.ts'
import { readExtraCa } from '../../images/extra-ca.ts'
import { BoundaryError } from '../../probe/boundary-probe.ts'
import { bottleCa } from '../../sidecars/egress/certificates.ts'
import { artifact } from './artifact.ts'
import { SmolmachinesBottle } from './bottle.ts'
import { frozenSource } from './frozen-source.ts'
import { gatedAgent, MARKS } from './gate.ts'
import { startKeeper } from './keeper-link.ts'
import { keeperSocket } from './keeper-place.ts'
import { leaseAlias } from './loopback.ts'
import { createMachine } from './machine.ts'
import { writeMachineFile } from './machine-file.ts'
import { machineGuest } from './machine-guest.ts'
import { machineInit } from './machine-init.ts'
import { probedMachine } from './probed-machine.ts'
import { type StillWanted, sideBySide } from './side-by-side.ts'
import { endKeeper, forget } from './teardown.ts'
import type { SmolmachinesTools } from './tools.ts'
import { unpackingLater } from './unpacking-later.ts'

/** Until a page tells its own size. */
const FIRST_SIZE = { cols: 120, rows: 32 }

/** Brings the bottle up step by step; if one fails, `run.scope` removes what the others made. */
export async function launch(plan: SmolmachinesPlan, run: LaunchRun, tools: SmolmachinesTools): Promise<Bottle> {
  const { docker, home, smolvm, images } = tools
  const { slug, machine } = plan
  const frozen = plan.resume?.frozen ?? null
  const extraCa = await readExtraCa(tools.extraCa)
  const dockerfile = path.resolve(tools.root, plan.image.dockerfile)

  const base = await told(run, 'base image', async (output, signal) => {
    // The sidecars stand on it, too.
    if (!frozen && !(await usesBase(dockerfile))) {
      output.say(`${plan.image.dockerfile} names a base of its own`)
      return plan.image.base
    }
    return inTurn(images, 'base', output, signal, () =>
      baseImage(docker, { reference: plan.image.base, extraCa }, output, signal),
    )
  })
  const agent = frozen
    ? null
    : await told(run, 'agent image', (output, signal) =>
        inTurn(images, plan.image.reference, output, signal, () =>
          agentImage(docker, { plan: plan.image, file: dockerfile, base }, output, signal),
        ),
      )
  const sidecars = await told(run, 'sidecar image', (output, signal) =>
    inTurn(images, 'sidecars', output, signal, () => bundleImage(docker, { root: tools.root, base }, output, signal)),
  )
  const source = await told(run, 'artifact', (output, signal) =>
    agent === null ? frozenSource(frozen!, output, signal) : artifact(agent, plan.artifact.kind, tools, output, signal),
  )

  const state = stateFolder(tools, slug)
  const canary = newCanary()
  const { kind } = plan.addressing
  const { network, record } = await made(
    run,
    'networks',
    async () => {
      const alias = kind === 'routable' ? null : await leaseAlias(kind, { ...tools, slug })
      const record = { machine, canary, bundle: alias ?? plan.bundleAddress, alias, pids: plan.limits.pids }
      // First, so that a bottle that is made by half can be found.
      await writeMachineFile(state, { ...record, started: false })
      const labels = labelsOf(slug, 'network', home)
      const place = { subnet: plan.bundleSubnet, gateway: plan.gateway }
      return { record, network: await createBundleNetwork(docker, { name: plan.network, labels }, place) }
    },
    async () => {
      await removeNetworks(docker, slug, home)
      await forget(slug, tools)
    },
  )
  const ca = await step(run, 'certificates', () => bottleCa(state, slug))
  const bundleUp = () =>
    made(
      run,
      'sidecars',
      (signal) =>
        startSidecars(
          plan,
          run,
          {
            image: sidecars,
            networks: { internal: network, egress: null },
            address: plan.bundleAddress,
            published: record.alias,
            ca,
            canary,
            extraCa,
            stateFolder: state,
          },
          tools,
          signal,
        ),
      () => removeContainers(docker, slug, home, 'sidecars'),
    )
  /** @param bundle where the guest will find it: it is told nothing else, and may reach nothing else */
  const machineUp = async (bundle: string, still: StillWanted) => {
    const env = plainEnv(plan, egressEnv(bundle, canary))
    const allowCidrs = [`${bundle}/32` as Cidr]
    await made(
      run,
      'machine',
      (signal) => createMachine(plan, { source, env, allowCidrs, home }, smolvm, signal),
      () => smolvm.delete(machine),
    )
    still()
    const startedAt = performance.now()
    await made(
      run,
      'machine start',
      (signal) => smolvm.start(machine, signal),
      () => smolvm.stop(machine),
    )
    still()
    await step(run, 'machine init', async (signal) => {
      await machineInit(smolvm, machine, signal)
      await tools.boots.booted(performance.now() - startedAt)
    })
  }
  // An address of the bundle's own is known beforehand; that of a pool is told only once the engine has published it.
  const published = kind === 'routable' ? null : await bundleUp()
  if (published) await machineUp(published, () => {})
  else await sideBySide(bundleUp, (still) => machineUp(plan.bundleAddress, still))
  const guest = machineGuest(smolvm, record)
  if (plan.workspace.mode === 'copy' && !frozen) {
    await told(run, 'workspace', (output, signal) => copyWorkspace(guest, plan.workspace, output, signal))
  }
  await told(run, 'provision', async (output, signal) => {
    const later = unpackingLater(guest)
    await provision(later, { plan, home, logins: run.logins }, output, signal)
    await putAuthority(later, ca.certificate, signal)
    await trustAuthority(later)
  })
  await step(run, 'boundary probe', async (signal) => {
    const report = await probeBottle(slug, await probedMachine(slug, tools), run.tokens, tools, signal)
    run.emit({
      type: 'probe',
      checks: report.checks,
      verdict: report.green ? 'green' : 'red',
      durationMs: report.durationMs,
    })
    if (!report.green) throw new BoundaryError(report)
  })
  await made(
    run,
    'start agent',
    async (signal) => {
      const script = startScript(run.secrets)
      const command = gatedAgent(plan.provider.argv, script, { pids: plan.limits.pids })
      await startKeeper(
        tools.root,
        {
          ...smolvm.interactive(machine, command),
          env: definedOf(smolvm.environment),
          script,
          marks: MARKS,
          socket: keeperSocket(state),
          size: FIRST_SIZE,
        },
        signal,
      )
      await writeMachineFile(state, { ...record, started: true })
    },
    () => endKeeper(slug, tools),
  )
  return new SmolmachinesBottle(tools, slug, { launched: true })
}

const definedOf = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined))
