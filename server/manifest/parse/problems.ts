import type { z } from 'zod'
import type { FileProblem } from '../../contract/manifest.ts'
import { didYouMean } from './did-you-mean.ts'
import { belongsToBottles, replacementOf } from './removed-keys.ts'
import type { FieldPath } from './yaml.ts'

/** The first mistakes of a kind are worth telling. */
const MOST = 20

interface Source {
  kind: 'agent' | 'bottle'
  file: string
  schema: z.core.$ZodType
  data: unknown
  lineOf(path: FieldPath): number
}

/**
 * Turns what a schema refused into problems with place, line and fix: one for each unknown key and wrong value, in the
 * order of the file. A key that is missing because it was misspelt is told once.
 */
export function problemsOf(issues: readonly z.core.$ZodIssue[], source: Source): FileProblem[] {
  const unknown = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.slice(0, MOST).map((key) => unknownKey(pathOf(issue), key, source))
      : [],
  )
  const misspelt = new Set(unknown.map((each) => each.meant))
  const wrong = issues
    .filter((issue) => issue.code !== 'unrecognized_keys')
    .slice(0, MOST)
    .map((issue) => wrongValue(issue, source))
    .filter((problem) => !misspelt.has(problem.path))
  return [...unknown.map((each) => each.problem), ...wrong].sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
}

function wrongValue(issue: z.core.$ZodIssue, { file, schema, data, lineOf }: Source): FileProblem {
  const path = pathOf(issue)
  const place = showPath(path) || 'The frontmatter'
  // A key of a map is checked by a schema of its own; what that one says is inside.
  const told = issue.code === 'invalid_key' ? (issue.issues[0] ?? issue) : issue
  const fix = told.code === 'custom' ? told.params?.fix : undefined
  const right = issue.code === 'invalid_key' ? null : descriptionAt(schema, path)
  const value = valueAt(data, path)
  return {
    file,
    line: lineOf(path),
    path: showPath(path),
    message: !BUILT_IN.test(told.message)
      ? sentence(told.message)
      : value === undefined
        ? `${place} is missing.`
        : `${place} is ${show(value, path)}, which does not fit.`,
    fix: typeof fix === 'string' ? fix : right ? `Write ${right}.` : 'Correct it.',
    severity: 'error',
  }
}

/** How zod's own messages begin; any other is ours and says all that is needed, without repeating the value. */
const BUILT_IN = /^(?:Invalid|Too (?:small|big)|Unrecognized)/

const pathOf = (issue: z.core.$ZodIssue): FieldPath =>
  issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))

/** `egress.routes[0].host` */
export const showPath = (path: FieldPath): string =>
  path.reduce<string>(
    (shown, step) => (typeof step === 'number' ? `${shown}[${step}]` : shown ? `${shown}.${step}` : step),
    '',
  )

/** @returns the problem, and the path that the key was probably meant to be */
function unknownKey(
  at: FieldPath,
  key: string,
  { kind, file, schema, lineOf }: Source,
): { problem: FileProblem; meant: string | null } {
  const path = [...at, key]
  const place = showPath(path)
  const allowed = keysAt(schema, at)
  const pattern = place.replace(/\[\d+\]/g, '[]')
  const replacement = replacementOf(kind, pattern)
  const meant = didYouMean(key, allowed)
  const where =
    at.length > 0 ? `\`${showPath(at)}\`` : `the frontmatter of ${kind === 'agent' ? 'an agent' : 'a bottle'}`
  const message = replacement
    ? belongsToBottles(kind, pattern)
      ? `\`${place}\` is not allowed on an agent.`
      : `\`${place}\` is a key of the ancestor and was removed.`
    : key === '<<'
      ? 'Merge keys (`<<`) are not read.'
      : `\`${key}\` is not a key of ${where}.`
  const fix = replacement ?? `${meant ? `Did you mean \`${meant}\`? ` : ''}Allowed here: ${allowed.join(', ')}.`
  return {
    problem: { file, line: lineOf(path), path: place, message, fix, severity: 'error' },
    meant: meant && showPath([...at, meant]),
  }
}

/** The schema's own words for what is right at a path: a noun phrase that completes “Write …”. */
function descriptionAt(schema: z.core.$ZodType, path: FieldPath): string | null {
  let found: string | null = null
  walk(schema, path, (at, rest) => {
    if (rest === 0) found = (at as { description?: string }).description ?? found
  })
  return found
}

function keysAt(schema: z.core.$ZodType, path: FieldPath): string[] {
  let keys: string[] = []
  walk(schema, path, (at, rest) => {
    const { def } = at._zod
    if (rest === 0 && def.type === 'object') keys = Object.keys((def as z.core.$ZodObjectDef).shape)
  })
  return keys
}

/** Visits every schema on the way to a path, wrappers included, with the number of steps still to go. */
function walk(schema: z.core.$ZodType, path: FieldPath, visit: (at: z.core.$ZodType, rest: number) => void): void {
  visit(schema, path.length)
  const def = schema._zod.def as z.core.$ZodTypeDef & {
    innerType?: z.core.$ZodType
    in?: z.core.$ZodType
    element?: z.core.$ZodType
    valueType?: z.core.$ZodType
    shape?: Record<string, z.core.$ZodType>
  }
  const wrapped = def.innerType ?? (def.type === 'pipe' ? def.in : undefined)
  const [step, ...rest] = path
  if (wrapped) walk(wrapped, path, visit)
  else if (step !== undefined) {
    const next = def.shape?.[String(step)] ?? def.element ?? def.valueType
    if (next) walk(next, rest, visit)
  }
}

function valueAt(data: unknown, path: FieldPath): unknown {
  let value = data
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

/** A value in a sentence, short. Of a variable only the kind is told: any value of it may be a secret. */
function show(value: unknown, path: FieldPath): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (path[0] === 'env') return `a ${typeof value}`
  if (typeof value !== 'string') return `the ${typeof value} ${String(value)}`
  return value.length > 60 ? `a text of ${value.length} characters` : JSON.stringify(value)
}

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`)
