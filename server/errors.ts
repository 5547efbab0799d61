import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc'
import type { StepName } from './contract/events.ts'
import type { FileProblem } from './contract/manifest.ts'
import type { PlanChange } from './contract/plan.ts'

const APP_ERROR = Symbol.for('bot-bottle.AppError')

interface AppErrorOptions {
  /** For the log only. */
  details?: string
  cause?: unknown
  /** Structured facts that the page draws, such as the paths in which a plan changed. Never a secret. */
  data?: unknown
}

/**
 * Base of every error we throw on purpose. `message` is for the page: what happened, what it means, what to do next.
 * `details` are for the log. A secret is in neither.
 */
export abstract class AppError extends Error {
  readonly [APP_ERROR] = true
  abstract readonly code: TRPC_ERROR_CODE_KEY
  readonly details: string | undefined
  readonly data: unknown

  constructor(userMessage: string, options: AppErrorOptions = {}) {
    super(userMessage, { cause: options.cause })
    this.name = new.target.name
    this.details = options.details
    this.data = options.data
  }
}

/** Use this, not `instanceof`: a bundle may hold a second copy of the class. */
export const isAppError = (value: unknown): value is AppError => value instanceof Error && APP_ERROR in value

/** One line about anything that was thrown, for logs and for the hint of a failed step. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export class BottleNotFoundError extends AppError {
  readonly code = 'NOT_FOUND'
  constructor(slug: string) {
    super(`There is no bottle named ${slug}. It may have been removed; the overview lists those there are.`)
  }
}

/** Unknown, ended and revoked alike, so that a wrong link tells nothing. */
export class ShareNotFoundError extends AppError {
  readonly code = 'NOT_FOUND'
  constructor() {
    super('There is nothing at this link. It may be mistyped, have ended or have been revoked; ask for a new one.')
  }
}

/** Files of the manifest that cannot be used as they are. */
export class ManifestError extends AppError {
  readonly code = 'BAD_REQUEST'
  constructor(readonly problems: readonly FileProblem[]) {
    const [first] = problems
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
    super(first ? `${first.file}: ${first.message}${more} ${first.fix}` : 'The manifest cannot be read.', {
      data: { problems },
    })
  }
}

export class UnknownAgentError extends AppError {
  readonly code = 'NOT_FOUND'
  constructor(name: string, known: readonly string[]) {
    super(
      known.length > 0
        ? `There is no agent named ${name}. The agents are: ${known.join(', ')}.`
        : `There is no agent named ${name}: there are no agents yet. Write the starter set on the launch page.`,
    )
  }
}

export class PlanNotFoundError extends AppError {
  readonly code = 'NOT_FOUND'
  constructor() {
    super(
      'This plan is no longer known: it is older than an hour, was launched, or the server was restarted. Review the launch again.',
    )
  }
}

export class PlanChangedError extends AppError {
  readonly code = 'CONFLICT'
  constructor(changes: readonly PlanChange[]) {
    super(
      'The files changed after you reviewed this plan, so nothing was launched. Review the differences and confirm again.',
      {
        data: { changes },
      },
    )
  }
}

export class PlanBlockedError extends AppError {
  readonly code = 'PRECONDITION_FAILED'
  constructor(blockers: readonly { message: string; fix: string }[]) {
    const [first] = blockers
    super(`This plan cannot be launched yet: ${first?.message ?? 'it has blockers'} ${first?.fix ?? ''}`.trim(), {
      data: { blockers },
    })
  }
}

export class BackendUnavailableError extends AppError {
  readonly code = 'PRECONDITION_FAILED'
  constructor(backend: string, hint: string, cause?: unknown) {
    super(`${backend} is not reachable. ${hint}`, { cause })
  }
}

/** An act that does not fit the bottle's state, such as stopping one that is stopped. */
export class WrongStateError extends AppError {
  readonly code = 'CONFLICT'
}

/** The operator's input is wrong in a way that no schema tells. */
export class BadInputError extends AppError {
  readonly code = 'BAD_REQUEST'
}

/** The machine cannot do it now: disk full, port taken, another server on this home. */
export class HostProblemError extends AppError {
  readonly code = 'PRECONDITION_FAILED'
}

/** A launch step that failed; `hint` is what the operator can do about it. */
export class StepFailedError extends AppError {
  readonly code = 'INTERNAL_SERVER_ERROR'
  readonly hint: string
  constructor(
    readonly step: StepName,
    cause: unknown,
    hint?: string,
  ) {
    super(`The launch stopped at “${step}”: ${messageOf(cause)}`, { cause, details: String(cause) })
    this.hint =
      hint ?? (cause instanceof Error && 'hint' in cause ? String(cause.hint) : 'The log of the step has the details.')
  }
}

/** Something a step can say together with what to do about it. */
export class HintedError extends Error {
  constructor(
    message: string,
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'HintedError'
  }
}

/** A step took longer than its limit. */
export class StepTimeoutError extends HintedError {
  constructor(step: StepName, limitMs: number) {
    super(
      `“${step}” took longer than its limit of ${Math.round(limitMs / 1000)} s.`,
      'Look at the last lines of its output; launch again when the cause is gone.',
    )
    this.name = 'StepTimeoutError'
  }
}
