import { RE2JS } from 're2js'
import { z } from 'zod'
import { hostVariable } from './env.ts'
import { hostSchema } from './host.ts'

/** What may be looked for in a request that leaves: tokens by their shape, the secrets of this launch by value, and anything that looks random. */
export const OUTBOUND_DETECTORS = ['token_patterns', 'known_secrets', 'high_entropy'] as const
/** What may be looked for in an answer: text that tries to steer the agent. */
export const INBOUND_DETECTORS = ['prompt_injection'] as const

/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** A regex that RE2 takes runs in time linear in its input; one that it refuses (back-references, look-around) does not. */
const linear = (value: string, context: z.core.$RefinementCtx): void => {
  try {
    RE2JS.compile(value)
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error)
    context.issues.push({
      code: 'custom',
      input: value,
      path: ['value'],
      message: `The regex is refused: ${why}`,
      params: { fix: 'Write it in RE2 syntax: no look-around and no back-references, so that it runs in linear time.' },
    })
  }
}

const pathMatch = z
  .strictObject({
    type: z.enum(['exact', 'prefix', 'regex']).describe('one of exact, prefix, regex'),
    value: z.string().min(1).max(2048).describe('a path that begins with /, or a regex over the path'),
  })
  .superRefine((match, context) => {
    if (match.type === 'regex') return linear(match.value, context)
    if (!match.value.startsWith('/') || /[\s?#]/.test(match.value)) {
      context.addIssue({
        code: 'custom',
        path: ['value'],
        message: `${JSON.stringify(match.value)} is not a path.`,
        params: { fix: 'Write a path that begins with / and has no query, fragment or space.' },
      })
    }
  })

const headerMatch = z
  .strictObject({
    name: z.string().regex(TOKEN, 'This is not the name of a header.').describe('the name of a header'),
    value: z.string().max(2048).describe('the header’s value, or a regex over it'),
    type: z.enum(['exact', 'regex']).describe('one of exact, regex'),
  })
  .superRefine((match, context) => {
    if (match.type === 'regex') linear(match.value, context)
  })

const method = z
  .string()
  .transform((text) => text.toUpperCase())
  .refine((text) => /^[A-Z][A-Z-]{1,19}$/.test(text), 'This is not an HTTP method.')
  .refine((text) => text !== 'CONNECT' && text !== 'TRACE', 'CONNECT and TRACE are never allowed inside a route.')
  .describe('an HTTP method such as GET')

const detectors = (known: readonly [string, ...string[]]) =>
  z
    .union([z.literal(false), z.array(z.enum(known)).min(1)])
    .describe(`false to switch it off, or a list of: ${known.join(', ')}`)

const auth = z
  .strictObject({
    scheme: z.enum(['Bearer', 'token', 'Basic', 'header']).describe('one of Bearer, token, Basic, header'),
    header: z.string().regex(TOKEN, 'This is not the name of a header.').describe('the name of a header').optional(),
    token_ref: hostVariable,
  })
  .superRefine((value, context) => {
    if (value.scheme === 'header' && !value.header) {
      context.addIssue({
        code: 'custom',
        path: ['header'],
        message: 'The scheme `header` needs the name of the header that carries the token.',
        params: { fix: 'Add header: X-Api-Key, or use the scheme Bearer.' },
      })
    }
    if (
      value.header &&
      /^(?:host|content-length|transfer-encoding|connection|te|trailer|upgrade|proxy-.*)$/i.test(value.header)
    ) {
      context.addIssue({
        code: 'custom',
        path: ['header'],
        message: `${value.header} belongs to the connection and cannot carry a credential.`,
        params: { fix: 'Use Authorization or the header that the service documents.' },
      })
    }
  })

export const routeSchema = z
  .strictObject({
    host: hostSchema,
    ports: z
      .array(z.number().int().min(1).max(65535).describe('a port between 1 and 65535'))
      .min(1)
      .refine((ports) => new Set(ports).size === ports.length, 'A port is listed twice.')
      .describe('a list of ports, such as [443]')
      .optional(),
    auth: auth.optional(),
    matches: z
      .array(
        z.strictObject({
          paths: z.array(pathMatch).min(1).describe('a list of {type, value}').optional(),
          methods: z.array(method).min(1).describe('a list of methods, such as [GET, POST]').optional(),
          headers: z.array(headerMatch).min(1).describe('a list of {name, value, type}').optional(),
        }),
      )
      .min(1)
      .describe('a list; leave it out to allow every request to the host')
      .optional(),
    dlp: z
      .strictObject({
        outbound_detectors: detectors(OUTBOUND_DETECTORS).optional(),
        inbound_detectors: detectors(INBOUND_DETECTORS).optional(),
        outbound_on_match: z
          .enum(['supervise', 'redact', 'block'])
          .describe('one of supervise, redact, block')
          .optional(),
        inbound_on_match: z.enum(['warn', 'block']).describe('one of warn, block').optional(),
      })
      .describe(
        'a map of outbound_detectors, inbound_detectors, outbound_on_match, inbound_on_match; false switches a direction off',
      )
      .optional(),
    git: z
      .strictObject({ fetch: z.boolean().describe('true or false') })
      .describe('{fetch: true} or {fetch: false}')
      .optional(),
  })
  .superRefine((route, context) => {
    if (!route.auth || !route.ports?.includes(80)) return
    context.addIssue({
      code: 'custom',
      path: ['auth'],
      message: `The route to ${route.host} would send a credential over plain HTTP (port 80).`,
      params: { fix: 'Remove port 80 from ports, or remove auth.' },
    })
  })
  .describe('a route with at least a host')

export type RouteData = z.infer<typeof routeSchema>
