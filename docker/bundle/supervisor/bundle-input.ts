import { z } from 'zod'
import type { BundleInput, BundleRenewal } from '../../../server/contract/bundle.ts'

const text = z.string()
const values = {
  tokens: z.record(text, text),
  known: z.array(z.strictObject({ name: text, value: text })).readonly(),
}
const egress = z.strictObject({
  listen: text.max(45).optional(),
  ca: z.strictObject({ certificate: text, key: text }),
  ...values,
  upstreamCa: z.array(text).readonly(),
})
// Of daemons that this bundle does not know yet, nothing is accepted: silence would look like protection.
const input = z.strictObject({ daemons: z.array(z.enum(['egress'])).readonly(), egress: egress.optional() })
const renewal = z.strictObject({ renew: z.strictObject(values) })

/**
 * Reads one line of standard input.
 * @throws Error that names the place and never the value
 */
export function readBundleInput(line: string): BundleInput | BundleRenewal {
  const read = json(line)
  if (typeof read === 'object' && read !== null && 'renew' in read) return parsed(renewal, read)
  const found = parsed(input, read) as BundleInput
  const without = found.daemons.find((name) => name === 'egress' && !found.egress)
  if (without) throw new Error(`${without}: it is to run, and nothing was handed over for it`)
  return found
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new Error(result.error.issues.map(({ path, code }) => `${path.join('.') || 'the line'}: ${code}`).join(', '))
}

function json(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // The parser's own message quotes the text.
    throw new Error('the line is not JSON')
  }
}
