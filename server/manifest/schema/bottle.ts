import { z } from 'zod'
import { fixedAddress } from './address.ts'
import { envSchema, hostVariable } from './env.ts'
import { gitGateSchema } from './git.ts'
import { hostSchema } from './host.ts'
import { routeSchema } from './route.ts'

const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/i
const bottleName = z
  .string()
  .regex(NAME, 'This is not the name of a bottle.')
  .describe('the name of a bottle: its file without .md')

/** Bytes as people write them: `512m`, `4g`, `1.5g`. */
const size = (least: number) =>
  z
    .string()
    .regex(/^\d+(?:\.\d+)?[kmgt]$/i, 'This is not a size.')
    .refine((text) => bytesOf(text) >= least, `This is too small for an agent to start in.`)
    .describe('a size with its unit, such as 512m or 4g')

/** @param text as `size` takes it */
export function bytesOf(text: string): number {
  const power = 'kmgt'.indexOf(text.slice(-1).toLowerCase()) + 1
  return Math.round(Number.parseFloat(text) * 1024 ** power)
}

const MEBIBYTE = 1024 ** 2

export const limitsSchema = z.strictObject({
  cpus: z.number().min(0.1).max(1024).describe('a number of cores between 0.1 and 1024').optional(),
  memory: size(128 * MEBIBYTE).optional(),
  pids: z.number().int().min(32).max(1_000_000).describe('a whole number of processes, at least 32').optional(),
  disk: size(256 * MEBIBYTE).optional(),
})

const resolveSchema = z
  .record(
    hostSchema,
    z
      .string()
      .describe('an IP address')
      .transform((text, context) => {
        const read = fixedAddress(text)
        if ('address' in read) return read.address
        context.addIssue({
          code: 'custom',
          message: `${JSON.stringify(text)} ${read.refused}.`,
          params: { fix: 'Write the address of the host; private ones are fine.' },
        })
        return z.NEVER
      }),
  )
  .describe('a map from host to IP address')

/** One entry for each host: which of two would count, nobody could tell. */
export const routesSchema = z
  .array(routeSchema)
  .superRefine((routes, context) => {
    const first = new Map<string, number>()
    for (const [index, route] of routes.entries()) {
      const before = first.get(route.host)
      if (before === undefined) {
        first.set(route.host, index)
        continue
      }
      context.addIssue({
        code: 'custom',
        path: [index, 'host'],
        message: `${route.host} already has a route (number ${before + 1} in this list).`,
        params: { fix: 'Put both into one route: several ways to match go into its matches.' },
      })
    }
  })
  .describe('a list of routes')

export const bottleSchema = z
  .strictObject({
    extends: z
      .union([bottleName, z.array(bottleName)])
      .describe('the name of a bottle, or a list of names')
      .optional(),
    agent_provider: z
      .strictObject({
        template: z
          .string()
          .regex(NAME, 'This is not the name of a provider.')
          .describe('the name of a provider: claude, codex, shell, or a folder of contrib/')
          .optional(),
        dockerfile: z.string().min(1).describe('the path of a Dockerfile, relative to the home').optional(),
        auth_token: hostVariable.optional(),
        forward_host_credentials: z.boolean().describe('true or false').optional(),
        settings: z
          .record(z.string(), z.unknown())
          .describe('a map; which keys it may have, the provider says')
          .optional(),
      })
      .describe('a map with template, auth_token and others')
      .optional(),
    env: envSchema.describe('a map from name to value').optional(),
    'git-gate': gitGateSchema.describe('a map with user and repos').optional(),
    egress: z
      .strictObject({
        log: z
          .union([z.literal(0), z.literal(1), z.literal(2)])
          .describe('0 (blocks), 1 (decisions) or 2 (with headers and bodies, masked)')
          .optional(),
        resolve: resolveSchema.optional(),
        routes: routesSchema.optional(),
      })
      .describe('a map with log, resolve and routes')
      .optional(),
    supervise: z.boolean().describe('true or false').optional(),
    limits: limitsSchema.describe('a map with cpus, memory, pids and disk').optional(),
  })
  .describe('a map of keys')

export type BottleData = z.infer<typeof bottleSchema>
