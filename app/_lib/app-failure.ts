import type { FileProblem } from '@/server/contract/manifest.ts'
import type { PlanChange } from '@/server/contract/plan.ts'
import { messageOf } from './error-text'

/** What a procedure's error tells the page, whether it came over HTTP or in process. */
export interface AppFailure {
  /** tRPC's: `CONFLICT`, `NOT_FOUND` …; null where the server was not reached. */
  code: string | null
  message: string
  /** Where files of the manifest are at fault. */
  problems: readonly FileProblem[]
  /** Where a plan changed after it was reviewed. */
  changes: readonly PlanChange[]
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

export function failureOf(error: unknown): AppFailure {
  const { data, shape, code, cause } = record(error)
  // Over HTTP the facts are in `data.details`; in process they hang on the cause, an AppError of the server.
  const facts = record(record(data).details ?? record(record(shape).data).details ?? record(cause).data)
  const told = record(data).code ?? code
  return {
    code: typeof told === 'string' ? told : null,
    message: messageOf(error),
    problems: Array.isArray(facts.problems) ? (facts.problems as FileProblem[]) : [],
    changes: Array.isArray(facts.changes) ? (facts.changes as PlanChange[]) : [],
  }
}
