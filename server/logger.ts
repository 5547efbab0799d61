import { messageOf } from './errors.ts'
import { mappedStack } from './lib/mapped-stack.ts'

const LEVELS = { debug: 10, info: 20, warn: 30, error: 40 } as const
export type LogLevel = keyof typeof LEVELS
type Fields = Readonly<Record<string, unknown>>

/** One JSON object per line on stderr: `time`, `level`, `message`, then the fields. */
export interface Logger {
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
}

/** Fields with these words in their name are never written, whatever they hold. */
const SECRET_NAME = /token|secret|password|passphrase|authorization|cookie|credential|api[-_]?key/i
/** A secret inside a text: a bearer header, a URL's user part, a share link, our own query parameter. */
const SECRET_TEXT: readonly [RegExp, string][] = [
  [/\b(bearer|basic|token)\s+[\w.~+/=-]{8,}/gi, '$1 ***'],
  [/(\w+:\/\/)[^\s/@]+@/g, '$1***@'],
  [/([?&]token=)[^&\s"']+/gi, '$1***'],
  [/(\/share\/)[\w-]{8,}/g, '$1***'],
]

/** Cuts what looks like a secret out of a text. @returns the text with `***` in its place */
export const redact = (text: string): string =>
  SECRET_TEXT.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text)

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redact(value)
  if (value instanceof Error) return redact(value.stack ? mappedStack(value.stack) : messageOf(value))
  if (typeof value === 'bigint') return Number(value)
  if (value === null || typeof value !== 'object') return value
  if (depth > 4) return '…'
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => clean(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, SECRET_NAME.test(name) ? '***' : clean(field, depth + 1)]),
  )
}

/** @param write one line without its end; stderr unless a test listens */
export function createLogger(
  level: LogLevel,
  write: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): Logger {
  const at =
    (name: LogLevel) =>
    (message: string, fields: Fields = {}) => {
      if (LEVELS[name] < LEVELS[level]) return
      const cleaned = clean(fields, 0) as Record<string, unknown>
      write(JSON.stringify({ time: new Date().toISOString(), level: name, message: redact(message), ...cleaned }))
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
