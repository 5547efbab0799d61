import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { type BottleSlug, bottleSlug } from '../contract/ids.ts'
import { BadInputError, BottleNotFoundError } from '../errors.ts'

/** `0` or `1`. */
export const flag = z.enum(['0', '1'], 'must be 0 or 1').transform((value) => value === '1')

/** A whole number, both bounds included. */
export function whole(least: number, most?: number) {
  const rule = `must be a whole number ${most === undefined ? `from ${least}` : `between ${least} and ${most}`}`
  return z
    .string()
    .regex(/^\d{1,15}$/, rule)
    .transform(Number)
    .refine((number) => number >= least && number <= (most ?? number), rule)
}

/**
 * Parses the query of an address. Parameters that the schema does not name are left alone: the guard has its own.
 * @throws BadInputError that says for each wrong value what is allowed
 */
export function parseQuery<T>(schema: z.ZodType<T>, query: URLSearchParams): T {
  const parsed = schema.safeParse(Object.fromEntries(query))
  if (parsed.success) return parsed.data
  throw new BadInputError(parsed.error.issues.map(({ path, message }) => `“${path.join('.')}” ${message}.`).join(' '))
}

/** The event after which a stream goes on: what the browser sends on a reconnect wins over the address. */
export function resumeAfter(req: IncomingMessage, query: URLSearchParams): number {
  const sent = req.headers['last-event-id']
  const after = whole(0)
  if (sent !== undefined && sent !== '') {
    return parseQuery(z.object({ 'Last-Event-ID': after }), new URLSearchParams({ 'Last-Event-ID': String(sent) }))[
      'Last-Event-ID'
    ]
  }
  return parseQuery(z.object({ after: after.default(0) }), query).after
}

/** @throws BottleNotFoundError when there is no such bottle, also when it could not be a slug */
export function knownSlug(text: string | undefined, bottles: { has(slug: string): boolean }): BottleSlug {
  const slug = bottleSlug.safeParse(text)
  if (slug.success && bottles.has(slug.data)) return slug.data
  throw new BottleNotFoundError(slug.success ? slug.data : 'that name')
}
