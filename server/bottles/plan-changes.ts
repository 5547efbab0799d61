import type { BottlePlan, PlanChange } from '../contract/plan.ts'
import { canonicalJson } from './plan-digest.ts'

/** Two launches of the same agent differ in these always; two resolutions of one plan only when somebody took the slug. */
const OF_ONE_RUN = [
  ...['slug', 'container', 'sidecars', 'networks', 'machine'],
  // Said in words where the plan is shown.
  'resume',
  // A micro-VM's network comes from its slug, and its list of allowed addresses is the bundle in that network.
  ...['network', 'bundleSubnet', 'gateway', 'bundleAddress', 'allowCidrs'],
]
/** What the operator can do nothing with: an id, a time, the digest of a text that is compared itself, a cache's key. */
const NEVER_COMPARED = ['id', 'resolvedAt', 'prompt.digest', 'artifact.key']

/** By which field the items of a list are told apart, so that a new first route is one change and not many. */
const KEYS: Readonly<Record<string, string>> = {
  'egress.routes': 'host',
  'egress.slots': 'slot',
  env: 'name',
  skills: 'name',
  'gitGate.repos': 'name',
}

/** What only one of two backends knows says no more than that the backend is another one, which is told itself. */
const ofOneBackend = (before: BottlePlan, after: BottlePlan): string[] =>
  before.backend === after.backend
    ? []
    : Object.keys({ ...before, ...after }).filter((field) => !(field in before && field in after))

/** Characters of a value in a change. */
const MAX_VALUE = 400

/**
 * How two plans differ, path by path, in the order of the paths. An item of a list that is new or gone is one change.
 *
 * @param compare `last-launch` leaves out what differs between any two runs: slug, names made from it, notices
 */
export function planChanges(
  before: BottlePlan,
  after: BottlePlan,
  compare: 'last-launch' | 'review' = 'last-launch',
): PlanChange[] {
  const notices = ['blockers', 'warnings']
  const sinceLast = compare === 'last-launch' ? [...OF_ONE_RUN, ...notices, ...ofOneBackend(before, after)] : []
  const ignored = new Set([...NEVER_COMPARED, ...sinceLast])
  const [old, now] = [flatten(before, ignored), flatten(after, ignored)]
  const moved = [...onlyIn(old, now, 'removed'), ...onlyIn(now, old, 'added')]
  const whole = moved.map(({ path }) => path)
  const paths = new Set([...old.leaves.keys(), ...now.leaves.keys()])
  const single = [...paths].flatMap((path): PlanChange[] => {
    const [was, is] = [old.leaves.get(path), now.leaves.get(path)]
    if (was === is || whole.some((item) => path.startsWith(item))) return []
    if (was === undefined) return [{ path, kind: 'added', after: clip(is!) }]
    if (is === undefined) return [{ path, kind: 'removed', before: clip(was) }]
    const from = firstDifference(was, is)
    return [{ path, kind: 'changed', before: clip(was, from), after: clip(is, from) }]
  })
  return [...moved, ...single].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** A plan as text: its leaves by path, and the items of its lists that have a name. */
interface Flat {
  leaves: Map<string, string>
  /** By path, `egress.routes[api.github.com]`; in one line each. */
  items: Map<string, string>
}

function onlyIn({ items }: Flat, other: Flat, kind: 'added' | 'removed'): PlanChange[] {
  return [...items].flatMap(([path, shown]): PlanChange[] => {
    if (other.items.has(path)) return []
    return [kind === 'added' ? { path, kind, after: clip(shown) } : { path, kind, before: clip(shown) }]
  })
}

/** A list of plain values is one leaf, so that its order shows. */
function flatten(plan: BottlePlan, ignored: ReadonlySet<string>): Flat {
  const leaves = new Map<string, string>()
  const items = new Map<string, string>()
  const visit = (path: string, place: string, value: unknown): void => {
    if (ignored.has(place) || value === null || value === undefined) return
    if (typeof value !== 'object') {
      leaves.set(path, String(value))
    } else if (!Array.isArray(value)) {
      for (const [name, each] of Object.entries(value)) {
        visit(path ? `${path}.${name}` : name, place ? `${place}.${name}` : name, each)
      }
    } else if (value.every((each) => typeof each !== 'object' || each === null)) {
      if (value.length > 0) leaves.set(path, value.join(', '))
    } else {
      const key = KEYS[place]
      for (const [index, each] of value.entries()) {
        const item = `${path}[${key ? String(each[key]) : index}]`
        visit(item, `${place}[]`, each)
        if (key) items.set(item, inOneLine(item, key, leaves))
      }
    }
  }
  visit('', '', JSON.parse(canonicalJson(plan)))
  return { leaves, items }
}

/** `ports: 443; scan.onMatch: block` */
const inOneLine = (item: string, key: string, leaves: ReadonlyMap<string, string>): string =>
  [...leaves]
    .filter(([path, value]) => value && path.startsWith(`${item}.`) && path !== `${item}.${key}`)
    .map(([path, value]) => `${path.slice(item.length + 1)}: ${value}`)
    .join('; ')

function firstDifference(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}

/** A long value, such as a prompt, is shown around the first difference. */
function clip(value: string, from = 0): string {
  if (value.length <= MAX_VALUE) return value
  const start = Math.max(0, Math.min(from - 80, value.length - MAX_VALUE))
  return `${start > 0 ? '…' : ''}${value.slice(start, start + MAX_VALUE)}${start + MAX_VALUE < value.length ? '…' : ''}`
}
