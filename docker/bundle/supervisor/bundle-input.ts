import { z } from 'zod'
import type { BundleInput } from '../../../server/contract/bundle.ts'

const text = z.string()
const egress = z.strictObject({
  listen: text.max(45).optional(),
  ca: z.strictObject({ certificate: text, key: text }),
  tokens: z.record(text, text),
  known: z.array(z.strictObject({ name: text, value: text })).readonly(),
  upstreamCa: z.array(text).readonly(),
})
// Of daemons that this bundle does not know yet, nothing is accepted: silence would look like protection.
const input = z.strictObject({ daemons: z.array(z.enum(['egress'])).readonly(), egress: egress.optional() })

/**
 * Reads one line of standard input.
 * @throws Error that names the place and never the value
 */
export function readBundleInput(line: string): BundleInput {
  const parsed = input.safeParse(json(line))
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map(({ path, code }) => `${path.join('.') || 'the line'}: ${code}`).join(', '))
  }
  const found = parsed.data as BundleInput
  const without = found.daemons.find((name) => name === 'egress' && !found.egress)
  if (without) throw new Error(`${without}: it is to run, and nothing was handed over for it`)
  return found
}

function json(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // The parser's own message quotes the text.
    throw new Error('the line is not JSON')
  }
}
