import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { KnownValues } from '../docker/bundle/scan/known-values.ts'
import { findingsIn } from '../docker/bundle/scan/scan.ts'
import { SHAPES } from '../docker/bundle/scan/shapes.ts'
import { onBundleNode } from './lib/on-bundle-node.ts'
import { report } from './lib/report.ts'
import { median } from './lib/statistics.ts'

// The scan of bodies alone, in processor time, against one regular expression of all shapes over the plain text (which
// undoes no encoding and knows no value), and with SHA-256 as the measure of the machine. All on the Node of the bundle.
const note = await onBundleNode()
const ROUNDS = 5
const BYTES = 2 * 1024 * 1024 // of each round, at least

const known = new KnownValues(
  Array.from({ length: 6 }, (_, i) => ({ name: `value ${i}`, value: randomBytes(30).toString('base64url') })),
)
// Patterns that look back are left out: in one expression they are tried at every character.
const union = new RegExp(
  SHAPES.map(({ pattern }) => pattern.source.replace(/\(\?<[a-z]+>/g, '(?:'))
    .filter((source) => !source.startsWith('(?<'))
    .join('|'),
  'g',
)

const code = sources(path.join(import.meta.dirname, '../server'))
/** What a coding agent posts: the history of its talk, with files that it has read. */
const talk = (size: number) =>
  JSON.stringify({ model: 'claude', messages: [{ role: 'user', content: [{ type: 'text', text: code(size) }] }] })
const image = (size: number) =>
  JSON.stringify({
    model: 'claude',
    messages: [{ role: 'user', content: [{ type: 'image', data: randomBytes((size * 3) / 4).toString('base64') }] }],
  })
/** As a form posts it. */
const form = (size: number) => `text=${encodeURIComponent(code(size))}`.slice(0, size)
const prose = (size: number) => 'The quick brown fox jumps over the lazy dog. '.repeat(Math.ceil(size / 45))

const KIB = 1024
const BODIES = [
  ['JSON with code, 1 KiB', talk(KIB)],
  ['JSON with code, 64 KiB', talk(64 * KIB)],
  ['JSON with code, 4 MiB', talk(4096 * KIB)],
  ['JSON with an image in base64, 64 KiB', image(64 * KIB)],
  ['JSON with an image in base64, 4 MiB', image(4096 * KIB)],
  ['a form with code, percent-encoded, 1 MiB', form(1024 * KIB)],
  ['prose, 4 MiB', prose(4096 * KIB)],
] as const

for (const [name, text] of BODIES) {
  const body = Buffer.from(text)
  const ways = {
    scan: () => findingsIn(body, known, []),
    union: () => body.toString('latin1').match(union),
    hash: () => createHash('sha256').update(body).digest(),
  }
  const speeds = { scan: [] as number[], union: [] as number[], hash: [] as number[] }
  for (let round = -2; round < ROUNDS; round++) {
    for (const way of ['scan', 'union', 'hash'] as const) {
      const speed = megabytesPerSecond(ways[way], body.length)
      if (round >= 0) speeds[way].push(speed)
    }
  }
  const isJson = name.startsWith('JSON')
  report({
    figure: `scan of ${name}${note}`,
    unit: 'MB/s',
    ours: median(speeds.scan),
    rival: median(speeds.union),
    rivalName: 'one RegExp of all shapes',
    ...(isJson && { aim: '≥ 60 MB/s of processor time', met: median(speeds.scan) >= 60 }),
    tries: ROUNDS,
  })
  report({ figure: `SHA-256 of ${name}${note}`, unit: 'MB/s', ours: median(speeds.hash), tries: ROUNDS })
}

/** By processor time: other work on the machine does not count. */
function megabytesPerSecond(work: () => unknown, size: number): number {
  const times = Math.max(1, Math.round(BYTES / size))
  const before = process.cpuUsage()
  for (let i = 0; i < times; i++) work()
  const { user, system } = process.cpuUsage(before)
  return (times * size) / (user + system)
}

/** @returns a text of a size, made of the TypeScript under a folder */
function sources(folder: string): (size: number) => string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const text = files.map((file) => readFileSync(path.join(folder, file), 'utf8')).join('\n')
  return (size) => text.repeat(Math.ceil(size / text.length)).slice(0, size)
}
