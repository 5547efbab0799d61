import { isIP } from 'node:net'
import { RE2JS } from 're2js'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import type { RoutePlan } from '../../../server/contract/plan.ts'
import { isFixableAddress } from './addresses.ts'
import { hostName } from './authority.ts'
import { Refusal } from './refusal.ts'

/** One that nobody knows would find nothing, and nobody would notice. */
const detectors = (...known: readonly string[]) => {
  const one = z.string().refine((name) => known.includes(name), {
    error: ({ input }) => `${JSON.stringify(String(input).slice(0, 64))} is none of ${known.join(', ')}`,
  })
  return z.union([z.literal(false), z.array(one).max(64).readonly()])
}
const outbound = detectors('token_patterns', 'known_secrets', 'high_entropy')
const inbound = detectors('prompt_injection')

const match = z.strictObject({
  paths: z
    .array(z.strictObject({ type: z.enum(['exact', 'prefix', 'regex']), value: z.string().min(1).max(2000) }))
    .max(200)
    .readonly()
    .optional(),
  methods: z
    .array(z.string().regex(/^[A-Z][A-Z-]{0,19}$/))
    .max(20)
    .readonly()
    .optional(),
  headers: z
    .array(z.strictObject({ name: z.string().max(100), value: z.string().max(2000), type: z.enum(['exact', 'regex']) }))
    .max(50)
    .readonly()
    .optional(),
})

const route = z.strictObject({
  host: z.string().max(253),
  ports: z.array(z.number().int().min(1).max(65535)).min(1).max(20).readonly(),
  origin: z.strictObject({ kind: z.enum(['bottle', 'provider', 'live']), name: z.string() }),
  auth: z
    .strictObject({
      scheme: z.enum(['Bearer', 'token', 'Basic', 'header']),
      header: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/),
      slot: z.string().min(1).max(200),
    })
    .nullable(),
  matches: z.array(match).max(200).readonly(),
  gitFetch: z.boolean(),
  scan: z.strictObject({
    outbound,
    inbound,
    onMatch: z.enum(['supervise', 'redact', 'block']),
    /** Absent: warns. */
    onInbound: z.enum(['warn', 'block']).optional(),
  }),
})

/** The file in the mounted folder: a plan's egress part without its token slots. */
export const tableFile = z.strictObject({
  version: z.literal(1),
  log: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  /** One switch that closes everything, whatever the routes say. */
  frozen: z.boolean().default(false),
  resolve: z.record(z.string(), z.string()),
  routes: z.array(route).max(2000),
})
export type TableFile = z.infer<typeof tableFile>

type Test = (value: string) => boolean
interface CompiledMatch {
  paths: Test[] | null
  methods: Set<string> | null
  headers: { name: string; test: Test }[]
}
export interface CompiledRoute {
  host: string
  ports: ReadonlySet<number>
  plan: Omit<RoutePlan, 'origin'> & { origin: { kind: 'bottle' | 'provider' | 'live'; name: string } }
  /** Some entry tells paths apart: the target is then read strictly. */
  hasPathRule: boolean
  matches: CompiledMatch[]
  /** Opted in by a match entry that asks for the header `upgrade: websocket`. */
  websocket: boolean
}
export interface RouteTable {
  file: TableFile
  byHost: ReadonlyMap<string, CompiledRoute>
}

/** A table of thousands of routes is not as long, nor any as deep. The parser recurses and does not survive all there is. */
const MOST_TEXT = 4 * 1024 * 1024
const MOST_INDENT = 40
const MOST_BRACKETS = 40

/** YAML 1.2 core without aliases; JSON, which is a part of it, by the faster parser. */
function readTable(text: string): unknown {
  if (text.length > MOST_TEXT) throw new Error('the file is longer than 4 MiB')
  if (text.startsWith('{')) return JSON.parse(text)
  for (const line of text.split('\n')) {
    const depth = /^(?:[ ?-] ?)*/.exec(line)?.[0].length ?? 0
    if (depth > MOST_INDENT) throw new Error('the file is nested too deeply')
    let open = 0
    for (const char of line)
      if ((char === '[' || char === '{') && ++open > MOST_BRACKETS) throw new Error('the file is nested too deeply')
  }
  return parseYaml(text, { schema: 'core', maxAliasCount: 0, logLevel: 'error', prettyErrors: true })
}

/**
 * Reads and compiles a table; all or nothing, so that a bad file keeps the old table.
 * @throws Error whose message names the first thing that is wrong
 */
export function compileTable(text: string): RouteTable {
  const result = tableFile.safeParse(readTable(text))
  if (!result.success) {
    const [issue] = result.error.issues
    throw new Error(`${issue?.path.join('.') || 'the file'}: ${issue?.message}`)
  }
  const file = result.data
  for (const [host, address] of Object.entries(file.resolve)) {
    hostName(host)
    if (isIP(address) === 0 || !isFixableAddress(address)) throw new Error(`resolve.${host}: ${address} cannot be used`)
  }
  const byHost = new Map<string, CompiledRoute>()
  for (const plan of file.routes) {
    const compiled = compileRoute(plan)
    if (byHost.has(compiled.host)) throw new Error(`routes: ${compiled.host} stands there twice`)
    byHost.set(compiled.host, compiled)
  }
  return { file, byHost }
}

/** Before a table was read: refuses everything. */
export const CLOSED_TABLE: RouteTable = compileTable(
  JSON.stringify({ version: 1, log: 1, resolve: {}, routes: [] } satisfies z.input<typeof tableFile>),
)

function compileRoute(plan: TableFile['routes'][number]): CompiledRoute {
  const host = hostName(plan.host)
  if (plan.auth && plan.ports.includes(80))
    throw new Error(`routes.${host}: a credential never goes out over plain HTTP`)
  return {
    host,
    ports: new Set(plan.ports),
    plan: plan as CompiledRoute['plan'],
    hasPathRule: plan.matches.some((entry) => entry.paths !== undefined),
    matches: plan.matches.map((entry) => ({
      paths: entry.paths?.map(({ type, value }) => pathTest(type, value)) ?? null,
      methods: entry.methods ? new Set(entry.methods) : null,
      headers: (entry.headers ?? []).map(({ name, value, type }) => ({
        name: name.toLowerCase(),
        test: type === 'exact' ? (seen: string) => seen === value : regexTest(value),
      })),
    })),
    websocket: plan.matches.some((entry) =>
      entry.headers?.some(({ name, value }) => name.toLowerCase() === 'upgrade' && value.toLowerCase() === 'websocket'),
    ),
  }
}

/** A prefix ends at a segment: `/repos/a` covers `/repos/a/b` and not `/repos/ab`. */
function pathTest(type: 'exact' | 'prefix' | 'regex', value: string): Test {
  if (type === 'exact') return (path) => path === value
  if (type === 'regex') return regexTest(value)
  const stem = value.endsWith('/') ? value : `${value}/`
  return (path) => path === value || path.startsWith(stem)
}

/** No honest path or header is as long; a large pattern would take a second for the longest there can be. */
const LONGEST_TRIED = 8 * 1024

/** RE2 runs in time linear in the input, so a pattern cannot stall the proxy. Anchored at both ends. */
function regexTest(pattern: string): Test {
  const compiled = RE2JS.compile(pattern)
  return (value) => value.length <= LONGEST_TRIED && compiled.matches(value)
}

/**
 * The route of a host and port, before anything is connected or answered.
 * @throws Refusal `not-listed` or `port-not-listed`
 */
export function routeFor(table: RouteTable, host: string, port: number): CompiledRoute {
  if (table.file.frozen) throw new Refusal('frozen', 403, 'The operator closed all egress of this bottle.')
  const found = table.byHost.get(host)
  if (!found) throw new Refusal('not-listed', 403, `No route allows ${host}.`)
  if (!found.ports.has(port)) {
    throw new Refusal(
      'port-not-listed',
      403,
      `The route to ${host} allows port ${[...found.ports].join(', ')}, not ${port}.`,
    )
  }
  return found
}

/** True when some entry of the route, or its having none, lets this request through. */
export function routeMatches(
  route: CompiledRoute,
  request: { method: string; path: string; header: (name: string) => readonly string[] },
): boolean {
  if (route.matches.length === 0) return true
  return route.matches.some(
    (entry) =>
      (entry.methods === null || entry.methods.has(request.method)) &&
      (entry.paths === null || entry.paths.some((test) => test(request.path))) &&
      entry.headers.every(({ name, test }) => {
        const values = request.header(name)
        return values.length > 0 && values.every(test)
      }),
  )
}
