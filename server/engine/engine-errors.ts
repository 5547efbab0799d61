import { BackendUnavailableError, HintedError, isAppError, messageOf } from '../errors.ts'
import type { Endpoint } from './endpoint.ts'

interface EngineFailure extends Error {
  statusCode?: number
  code?: string
  json?: { message?: string } | Buffer
}

/** What the engine answered, without dockerode's wrapping `(HTTP code 404) no such container - …`. */
const engineMessage = (error: EngineFailure): string => {
  const said = error.json && !Buffer.isBuffer(error.json) ? error.json.message : undefined
  return (said ?? error.message.replace(/^\(HTTP code \d+\) [^-]*- /, '')).trim()
}

export const statusOf = (error: unknown): number | undefined => (error as EngineFailure | null)?.statusCode

export const isNoSpace = (text: string): boolean => /no space left on device|ENOSPC|disk quota exceeded/i.test(text)

export const NO_SPACE_HINT =
  'The disk on which the Docker engine keeps its images is full. See what uses it with `docker system df`, ' +
  'clean leftovers on the system page or with `docker system prune`, then launch again.'

/** Turns whatever a call to the engine threw into what an operator can act upon; the call's abort stays as it is. */
export function engineError(thrown: unknown, endpoint: Endpoint): Error {
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as EngineFailure
  if (isAppError(error) || error instanceof HintedError || error.name === 'AbortError') return error
  const unreachable = unreachableHint(error, endpoint)
  if (unreachable) return new BackendUnavailableError('Docker', unreachable, error)
  const message = engineMessage(error)
  const hint = hintFor(message)
  if (hint) return new HintedError(message, hint, { cause: error })
  return Object.assign(new Error(message, { cause: error }), { statusCode: error.statusCode })
}

function unreachableHint({ code, message }: EngineFailure, { url, from }: Endpoint): string | null {
  const where = `${url}${from === 'default' ? '' : ` (from ${from})`}`
  switch (code) {
    case 'EACCES':
      return `This user may not use ${where}. Run: sudo usermod -aG docker "$USER", then log in again.`
    case 'ENOENT':
    case 'ECONNREFUSED':
      return `Nothing answers at ${where}. Start the engine: sudo systemctl start docker, or open Docker Desktop.`
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return `The connection to ${where} broke: the engine stopped or was restarted. Try again once it answers.`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${where} cannot be reached (${message}). Check the address and the network.`
    default:
      return message === 'socket hang up' || message === 'aborted'
        ? `The connection to ${where} broke: the engine stopped or was restarted. Try again once it answers.`
        : null
  }
}

function hintFor(message: string): string | null {
  if (isNoSpace(message)) return NO_SPACE_HINT
  if (/could not find bridge/i.test(message)) {
    return 'The engine lost its default bridge. Restart it: sudo systemctl restart docker.'
  }
  if (/is already in use by container/i.test(message)) {
    return 'A container of this name is left over from before. Remove it on the system page, then launch again.'
  }
  return null
}

/** @returns what `call` answers, or null when the engine knows no such thing */
export async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw error
  }
}

/** Ends well when the thing is gone already or is being removed by somebody else. */
export async function ignoringGone(call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    const status = statusOf(error)
    const inProgress = status === 409 && /already in progress/i.test(messageOf(error))
    if (status !== 404 && status !== 304 && !inProgress) throw error
  }
}
