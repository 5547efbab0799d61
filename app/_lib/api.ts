import { notFound } from 'next/navigation'
import type { AppRouter } from '@/server/trpc/router'

type Caller = ReturnType<AppRouter['createCaller']>

/**
 * Procedures for server components, called in process. The server owns them and Next only renders, so they come by a
 * global: an import would make a second copy of every service.
 */
export function api(): Caller {
  const caller = (globalThis as { [key: symbol]: unknown })[Symbol.for('bot-bottle.caller')]
  if (!caller) throw new Error('The server has not started its services yet. Reload the page in a moment.')
  return caller as Caller
}

/** For `.catch`: “not found” becomes Next's 404 page, every other error reaches error.tsx. */
export function orNotFound(error: unknown): never {
  if (error instanceof Error && 'code' in error && error.code === 'NOT_FOUND') notFound()
  throw error
}
