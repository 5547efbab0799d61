import { createHash } from 'node:crypto'
import type { Sha256 } from '../contract/ids.ts'
import type { BottlePlan } from '../contract/plan.ts'

/**
 * What the operator confirms: SHA-256 over the plan as canonical JSON, without `id` and `resolvedAt`. The slug is part
 * of it, because it names everything that is made.
 */
export function planDigest(plan: BottlePlan): Sha256 {
  const { id: _id, resolvedAt: _resolvedAt, ...rest } = plan
  return createHash('sha256').update(canonicalJson(rest)).digest('hex') as Sha256
}

/** JSON with keys in code-unit order and without spaces: equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`
}
