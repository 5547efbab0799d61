import { initTRPC, TRPCError } from '@trpc/server'
import { ZodError } from 'zod'
import { isAppError } from '../errors.ts'
import type { Context } from './context.ts'

const UNEXPECTED = 'Something went wrong on the server. Its log has the details; try again, or restart the server.'

/**
 * Plain JSON, no transformer, so that `curl` works. Errors of ours keep message, code and `data` (as `data.details`);
 * of any other error the page sees one neutral sentence, because its text may hold paths or secrets.
 */
const t = initTRPC.context<Context>().create({
  sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
  errorFormatter: ({ shape, error }) => {
    const ours = isAppError(error.cause) ? error.cause : null
    const { stack: _stack, ...data } = shape.data
    const message = ours
      ? ours.message
      : error.cause instanceof ZodError
        ? notUnderstood(error.cause)
        : said(error, shape)
    return { ...shape, message, data: { ...data, details: (ours?.data ?? null) as unknown } }
  },
})

/** A request whose form is wrong: a page of ours never sends one, a script may. */
const notUnderstood = ({ issues }: ZodError): string =>
  `The request is not understood. ${issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`).join('; ')}`

const said = (error: TRPCError, shape: { message: string }): string =>
  error.code === 'INTERNAL_SERVER_ERROR' ? UNEXPECTED : shape.message

/** Our own errors carry their tRPC code; any other stays INTERNAL_SERVER_ERROR. */
const domainErrors = t.middleware(async ({ next }) => {
  const result = await next()
  if (!result.ok && isAppError(result.error.cause)) {
    const { code, message } = result.error.cause
    throw new TRPCError({ code, message, cause: result.error.cause })
  }
  return result
})

export const { router, createCallerFactory } = t
export const procedure = t.procedure.use(domainErrors)
