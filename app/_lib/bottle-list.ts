import type { BottleView } from '@/server/contract/views.ts'
import { isEgressClosed, isFrozen } from './bottle-status'
import { plainLine } from './format'

/** A way out that closed by itself comes before everything. */
const RED = -1
/** Which bottles matter most: those that need the operator, then what goes on, then what went wrong, then the rest. */
const RANK: Readonly<Record<BottleView['state'], number>> = {
  'needs-you': 0,
  launching: 1,
  stopping: 2,
  running: 2,
  idle: 2,
  failed: 3,
  exited: 4,
  stopped: 5,
}

const rankOf = (bottle: BottleView): number => (isEgressClosed(bottle) ? RED : RANK[bottle.state])

export const GROUPINGS = ['none', 'state', 'agent', 'backend'] as const
export type Grouping = (typeof GROUPINGS)[number]

export const isGrouping = (value: unknown): value is Grouping => GROUPINGS.some((grouping) => grouping === value)

/** The label the operator gave, else the slug; on one line, whatever is in it. */
export const bottleName = (bottle: Pick<BottleView, 'label' | 'slug'>): string =>
  plainLine(bottle.label ?? '') || bottle.slug

/** By rank, then newest first. */
export const inOrder = (bottles: readonly BottleView[]): BottleView[] =>
  [...bottles].sort((a, b) => rankOf(a) - rankOf(b) || b.createdAt - a.createdAt || (a.slug < b.slug ? -1 : 1))

/** Every word of the query must be found in the name, agent, provider, backend, state, or how egress is closed. */
export function matching(bottles: readonly BottleView[], query: string): readonly BottleView[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return bottles
  return bottles.filter((bottle) => {
    const closed = isEgressClosed(bottle) ? 'egress closed' : isFrozen(bottle) ? 'closed by you' : ''
    const text = [bottle.label, bottle.slug, bottle.agent, bottle.provider, bottle.backend, bottle.state, closed]
      .join(' ')
      .toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

export interface BottleGroup {
  /** Null where nothing is grouped. */
  title: string | null
  bottles: readonly BottleView[]
}

const STATE_TITLES: Readonly<Record<number, string>> = {
  [RED]: 'Egress closed',
  0: 'Need you',
  1: 'Launching',
  2: 'Running',
  3: 'Failed',
  4: 'Finished',
  5: 'Stopped',
}

/** In the order of the most important bottle of each group. */
export function grouped(bottles: readonly BottleView[], grouping: Grouping): BottleGroup[] {
  const sorted = inOrder(bottles)
  if (grouping === 'none') return sorted.length > 0 ? [{ title: null, bottles: sorted }] : []
  const titleOf = (bottle: BottleView) =>
    grouping === 'state' ? STATE_TITLES[rankOf(bottle)]! : grouping === 'agent' ? bottle.agent : bottle.backend
  const groups = new Map<string, BottleView[]>()
  for (const bottle of sorted) {
    const title = titleOf(bottle)
    groups.set(title, [...(groups.get(title) ?? []), bottle])
  }
  return [...groups].map(([title, members]) => ({ title, bottles: members }))
}

/** `3 running · 1 needs you`: what the page's second line says. Parts that are zero are left out. */
export function summary(bottles: readonly BottleView[]): string {
  const counted = (states: readonly BottleView['state'][]) =>
    bottles.filter((bottle) => states.includes(bottle.state)).length
  const parts: [number, string][] = [
    [bottles.filter(isEgressClosed).length, 'egress closed'],
    [counted(['running', 'idle']), 'running'],
    [counted(['needs-you']), counted(['needs-you']) === 1 ? 'needs you' : 'need you'],
    [counted(['launching']), 'launching'],
    [counted(['failed']), 'failed'],
    [bottles.filter(isFrozen).length, 'closed by you'],
  ]
  const said = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`)
  return said.length > 0 || bottles.length === 0 ? said.join(' · ') : 'None running'
}
