import type { Backend } from '../../bottles/backend.ts'
import type { SmolvmFacts } from '../../bottles/machine-facts.ts'
import type { SmolmachinesPlan } from '../../contract/plan.ts'
import type { DoctorAction, DoctorCheck } from '../../contract/views.ts'
import { Docker } from '../../engine/docker.ts'
import { KeyedLock } from '../../lib/keyed-lock.ts'
import { BootTrials } from './boot-trials.ts'
import { adopt, existing } from './existing.ts'
import { freeze } from './freeze.ts'
import { discardFrozen, frozen } from './frozen.ts'
import { launch } from './launch.ts'
import { leftovers, removeLeftover } from './leftovers.ts'
import { plan } from './plan.ts'
import { preflight } from './preflight.ts'
import { Smolvm } from './smolvm.ts'
import { smolvmFacts } from './smolvm-facts.ts'
import { teardown } from './teardown.ts'
import { tidy } from './tidy.ts'
import type { SmolmachinesPlaces, SmolmachinesTools } from './tools.ts'
import { watch } from './watch.ts'

export type { SmolmachinesPlaces } from './tools.ts'

/** A backend, and what planning and the doctor ask of it. */
export interface SmolmachinesBackend extends Backend<SmolmachinesPlan> {
  /** Looks at smolvm. @returns null when it is not there or cannot be used */
  facts(): Promise<SmolvmFacts | null>
  /** What was seen last; planning itself asks nobody. */
  seen(): SmolvmFacts | null
  /** For the doctor: what is there, what it can enforce, what is kept; each with its fix. */
  preflight(): Promise<readonly DoctorCheck[]>
  /** What the doctor offers to do. Settles when it has begun, not when it is over. */
  act(action: DoctorAction): Promise<void>
  /** Removes what a server that was killed left of its own work: registries, half-made files, a machine on trial. */
  tidy(): Promise<void>
}

/** The one door of this folder: nothing else in it is imported from outside. Contacts nothing yet. */
export function smolmachines(places: SmolmachinesPlaces): SmolmachinesBackend {
  const smolvm = new Smolvm(places.program, places.environment)
  const tools: SmolmachinesTools = {
    ...places,
    docker: new Docker(),
    images: new KeyedLock(),
    smolvm,
    boots: new BootTrials(smolvm, places),
  }
  let seen: SmolvmFacts | null = null
  const facts = async () => {
    seen = await smolvmFacts(tools)
    return seen
  }
  return {
    name: 'smolmachines',
    plan,
    launch: (confirmed, run) =>
      launch(confirmed, run, tools).catch(async (error: unknown) => {
        // What it met, such as a network that was made meanwhile, is known to the next plan.
        await facts().catch(() => {})
        throw error
      }),
    adopt: (slug) => adopt(slug, tools),
    teardown: (slug, onRelease) => teardown(slug, tools, onRelease),
    freeze: (slug, run) => freeze(slug, run, tools),
    frozen: () => frozen(tools),
    discardFrozen: (slug, keep) => discardFrozen(slug, keep, tools),
    existing: () => existing(tools),
    watch: (onChange, signal) => watch(onChange, tools, signal),
    leftovers: () => leftovers(tools),
    removeLeftover: (leftover) => removeLeftover(leftover, tools),
    facts,
    seen: () => seen,
    preflight: async () => preflight(await facts(), tools),
    async act(action) {
      if (action === 'boot-trial') tools.boots.start()
      else await tools.boots.cancel()
    },
    tidy: () => tidy(tools),
  }
}
