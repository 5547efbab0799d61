import type { Backend } from '../../bottles/backend.ts'
import type { EngineFacts } from '../../bottles/machine-facts.ts'
import type { DockerPlan } from '../../contract/plan.ts'
import type { EngineView } from '../../contract/views.ts'
import { Docker } from '../../engine/docker.ts'
import { engineView } from '../../engine/engine-view.ts'
import { RunscProbe } from '../../engine/probe-runsc.ts'
import type { EnginePlaces, EngineTools } from '../../engine/tools.ts'
import { KeyedLock } from '../../lib/keyed-lock.ts'
import { engineFacts } from './engine-facts.ts'
import { adopt, existing } from './existing.ts'
import { freeze } from './freeze.ts'
import { discardFrozen, frozen } from './frozen.ts'
import { launch } from './launch.ts'
import { leftovers, removeLeftover } from './leftovers.ts'
import { plan } from './plan.ts'
import { teardown } from './teardown.ts'
import { watch } from './watch.ts'

export type { EnginePlaces } from '../../engine/tools.ts'

/** A backend, and what the doctor asks of its engine. */
export interface DockerBackend extends Backend<DockerPlan> {
  /** Never throws. `runtime` is what a bottle would run under: `runsc` only where it was seen to work. */
  engineView(): Promise<EngineView>
  /** For the doctor. @throws BackendUnavailableError */
  engineFacts(): Promise<EngineFacts>
  /** Whether a container was seen to run under gVisor. @throws BackendUnavailableError */
  probeRunsc(): Promise<boolean>
}

/** The one door of this folder: nothing else in it is imported from outside. Contacts nothing yet. */
export function docker(places: EnginePlaces): DockerBackend {
  const engine = new Docker()
  const tools: EngineTools = { ...places, docker: engine, images: new KeyedLock() }
  const runsc = new RunscProbe(engine, places.home)
  return {
    name: 'docker',
    plan,
    launch: (confirmed, run) => launch(confirmed, run, tools),
    adopt: (slug) => adopt(slug, tools),
    teardown: (slug, onRelease) => teardown(slug, tools, onRelease),
    freeze: (slug, run) => freeze(slug, run, tools),
    frozen: () => frozen(tools),
    discardFrozen: (slug, keep) => discardFrozen(slug, keep, tools),
    existing: () => existing(tools),
    watch: (onChange, signal) => watch(onChange, { ...tools, runsc }, signal),
    leftovers: () => leftovers(tools),
    removeLeftover: (leftover) => removeLeftover(leftover, tools),
    engineView: () => engineView(engine, runsc),
    engineFacts: () => engineFacts(engine, runsc),
    probeRunsc: () => runsc.works(),
  }
}
