import type { BottleState } from '../contract/events.ts'
import type { BottlePlan, PlanNotice } from '../contract/plan.ts'
import type { LaunchChoice } from '../manifest/request.ts'
import type { BottleRecord } from './store.ts'

/** What was chosen for a bottle when it was launched, to be chosen again. */
export function choiceOf({ agent, bottles, backend, label, color, workspace }: BottlePlan): LaunchChoice {
  return {
    agent: agent.name,
    bottles,
    backend,
    ...(label !== null && { label }),
    ...(color !== null && { color }),
    workspace: { path: workspace.path, mode: workspace.mode },
  }
}

type Resumed = Pick<BottleRecord, 'slug' | 'state' | 'frozen' | 'stateSince'>

/** What a resume would take away besides. `exited`: what the agent made is still there, until the bottle runs again. */
export function losses(
  { slug, state, frozen, stateSince }: Resumed,
  cannotFreeze: string | null,
): { blockers: PlanNotice[]; warnings: PlanNotice[] } {
  const notice = lossOf({ slug, state, frozen, stateSince }, cannotFreeze)
  // What could be kept by one click is not lost by another.
  const isBlocker = notice?.code === 'not-frozen' && cannotFreeze === null
  return { blockers: notice && isBlocker ? [notice] : [], warnings: notice && !isBlocker ? [notice] : [] }
}

function lossOf({ slug, state, frozen, stateSince }: Resumed, cannotFreeze: string | null): PlanNotice | null {
  if (!holdsFiles(state))
    return frozen
      ? null
      : {
          code: 'starts-over',
          message: `${slug} was never frozen: it starts over, with none of the files that its agent made.`,
          fix: 'Freeze a bottle before you stop it, where its files should last.',
        }
  if (!frozen)
    return {
      code: 'not-frozen',
      message: `${slug} has ended and still holds the files that its agent made; they are removed when it is resumed.`,
      fix: cannotFreeze ?? 'Freeze it first, to go on from them. Or stop it, to give them up.',
    }
  if (frozen.frozenAt >= stateSince) return null
  return {
    code: 'frozen-before-end',
    message: `${slug} was frozen before its agent ended: what it made after that is removed.`,
    fix: cannotFreeze ?? 'Freeze it again, to go on from how it ended.',
  }
}

const holdsFiles = (state: BottleState): boolean => state === 'exited'
