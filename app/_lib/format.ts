/** Pure formatting of what a page shows. Times are epoch milliseconds, spans milliseconds, sizes bytes. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A span in its largest unit, for ages: `now`, `42 s`, `4 min`, `2 h`, `3 d`. */
export function formatAge(ms: number): string {
  if (ms < 5 * SECOND) return 'now'
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`
  return `${Math.floor(ms / DAY)} d`
}

/** A measured span, for steps: `84 ms`, `1.4 s`, `32 s`, `2 min 05 s`, `1 h 04 min`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${two((ms % MINUTE) / SECOND)} s`
  return `${Math.floor(ms / HOUR)} h ${two((ms % HOUR) / MINUTE)} min`
}

/** Time until `ms` from now has passed: `in 3 h`; `now` when it has. */
export function formatUntil(ms: number): string {
  return ms <= 0 ? 'now' : `in ${formatAge(Math.max(ms, 5 * SECOND))}`
}

const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
/** `21 Nov 2026, 04:25:10`, in the reader's time zone. */
export const formatExact = (at: number): string => exact.format(at)

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const
/** Decimal units, three figures: `0 B`, `640 MB`, `1.25 GB`. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes)
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : value >= 9.95 ? 1 : 2
  return `${unit === 0 ? Math.round(value) : Number(value.toFixed(digits))} ${UNITS[unit]}`
}

/** `1 bottle`, `3 bottles`. */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`

/** `shown` of a digest, the rest on demand. */
export const shortDigest = (digest: string, shown = 12): string => digest.replace(/^sha256:/, '').slice(0, shown)

/** Per cent of one core, as the engine tells it: `0.4 %`, `12 %`, `184 %`. */
export const formatCpu = (cpu: number): string => `${cpu < 10 ? Number(cpu.toFixed(1)) : Math.round(cpu)} %`

/**
 * An argument as one would type it in a shell, for showing an argv. Nothing is executed from it.
 */
export const quoteArg = (arg: string): string =>
  /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is being looked for
const SEQUENCES = /\u001b\[[0-?]*[ -/]*[@-~]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is being looked for
const UNSEEN = /[\s\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g

/**
 * Text from a bottle or a file on one line: without terminal sequences, control characters, and characters that change
 * the direction of writing, so that a label with a right-to-left override cannot turn the words around it.
 */
export const plainLine = (text: string): string => text.replace(SEQUENCES, '').replace(UNSEEN, ' ').trim()
