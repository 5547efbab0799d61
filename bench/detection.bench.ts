import path from 'node:path'
import { madeTexts, textsBelow } from '../docker/bundle/scan/detection/corpus.ts'
import { Dice } from '../docker/bundle/scan/detection/dice.ts'
import { asText, type Hide, SEEN, SEEN_OF_KNOWN, UNSEEN } from '../docker/bundle/scan/detection/encodings.ts'
import { TOKEN_KINDS } from '../docker/bundle/scan/detection/token-kinds.ts'
import { KnownValues } from '../docker/bundle/scan/known-values.ts'
import { findingsIn, scanOutbound } from '../docker/bundle/scan/scan.ts'
import { gitleaks, gitleaksProgram, type Scanner, secretlint } from './detection/rivals.ts'
import { report } from './lib/report.ts'

// What is found of each kind of token in each encoding, and what is found where nothing is, beside secretlint and, where
// it is installed, gitleaks. Written for docs/detection.md. BOT_BOTTLE_CORPUS_MB bounds the real text of one folder.
const MEGABYTE = 1_000_000
const EACH = Number(process.env.BOT_BOTTLE_CORPUS_MB ?? 20) * MEGABYTE
const NOTHING = new KnownValues([])
const ENCODINGS = { ...SEEN, ...SEEN_OF_KNOWN, ...UNSEEN }

interface Case {
  id: string
  encoding: string
  hide: Hide
  token: string
}
const cases: Case[] = Object.entries(TOKEN_KINDS).flatMap(([id, [make]]) =>
  Object.entries(ENCODINGS).map(([encoding, hide]) => ({ id, encoding, hide, token: make!(new Dice(11)) })),
)

const program = gitleaksProgram()
const rivals: Record<string, Scanner> = {
  secretlint,
  ...(program && { gitleaks: gitleaks(program, 0), 'gitleaks, depth 3': gitleaks(program, 3) }),
}
if (!program) console.log('gitleaks is not here: install it, or name it in BOT_BOTTLE_GITLEAKS\n')

const look = ({ id, hide, token }: Case, values: KnownValues, name: string, detector: string) =>
  scanOutbound({ host: 'api.test', ...hide(token) }, values, [detector], false).findings.some(
    (finding) => finding.detector === name || finding.detector === id,
  )
/** Tables for known values are large, so those of one kind are made at a time, and of short tokens only. */
const lookForKnown = (each: Case): boolean | undefined => {
  if (each.token.length >= 120) return undefined
  if (latest?.id !== each.id) latest = { id: each.id, values: new KnownValues([{ name: 'MINE', value: each.token }]) }
  return look(each, latest.values, 'MINE', 'known_secrets')
}
let latest: { id: string; values: KnownValues } | null = null

const texts = cases.map(({ hide, token }) => asText(hide(token)))
const seen: Record<string, (boolean | undefined)[]> = {
  'ours, by shape': cases.map((each) => look(each, NOTHING, each.id, 'token_patterns')),
  'ours, value known': cases.map(lookForKnown),
}
for (const [name, scan] of Object.entries(rivals)) seen[name] = (await scan(texts)).hits.map((hits) => hits > 0)

const names = Object.keys(seen)
/** The share of the cases that are found, in percent; of those that were looked for. */
const share = (name: string, of: (each: Case) => boolean): number => {
  const looked = cases.flatMap((each, i) => (of(each) && seen[name]![i] !== undefined ? [seen[name]![i]] : []))
  return (100 * looked.filter(Boolean).length) / looked.length
}
const row = (head: string, cells: readonly (string | number)[]) =>
  console.log(
    `| ${head} | ${cells.map((cell) => (typeof cell === 'number' ? (Number.isNaN(cell) ? '–' : Math.round(cell)) : cell)).join(' | ')} |`,
  )
const table = (head: string, columns: readonly string[]) => {
  console.log('')
  row(head, columns)
  console.log(`|---|${columns.map(() => '---:|').join('')}`)
}

table('encoding (percent of the kinds)', names)
for (const encoding of Object.keys(ENCODINGS))
  row(
    encoding,
    names.map((name) => share(name, (each) => each.encoding === encoding)),
  )
table(`kind (percent of the ${Object.keys(SEEN).length} encodings)`, names)
for (const id of Object.keys(TOKEN_KINDS))
  row(
    id,
    names.map((name) => share(name, (each) => each.id === id && each.encoding in SEEN)),
  )

/** Ours, and one turn many times: its hits are told, and not mixed with those of real text. */
const MADE = 'digests, ids, pictures, talk of agents'
const root = path.resolve(import.meta.dirname, '..')
const corpora = {
  'this repository': [
    ...textsBelow(
      ['app', 'bench', 'docker', 'docs', 'e2e', 'scripts', 'server'].map((it) => path.join(root, it)),
      EACH,
    ),
  ],
  'packages (node_modules)': [...textsBelow([path.join(root, 'node_modules')], EACH)],
  'documentation (/usr/share/doc)': [...textsBelow(['/usr/share/doc'], EACH)],
  'Python (/usr/lib/python3)': [...textsBelow(['/usr/lib/python3', '/usr/lib/python3.11'], EACH)],
  [MADE]: [...madeTexts()],
}
const ours: Scanner = async (bodies) => {
  const startedAt = performance.now()
  const hits = bodies.map((body) => findingsIn(body.toString('latin1'), NOTHING, ['token_patterns']).size)
  return { hits, ms: performance.now() - startedAt }
}
const scanners = { ours, ...rivals }
const total = Object.fromEntries(Object.keys(scanners).map((name) => [name, { hits: 0, ms: 0 }]))
let megabytes = 0
let real = 0 // megabytes of it
table('text without secrets (hits)', ['MB', ...Object.keys(scanners)])
for (const [name, found] of Object.entries(corpora)) {
  const bodies = found.map(({ bytes }) => bytes)
  const size = bodies.reduce((sum, body) => sum + body.length, 0) / MEGABYTE
  megabytes += size
  if (name !== MADE) real += size
  const cells: string[] = []
  for (const [scanner, scan] of Object.entries(scanners)) {
    const { hits, ms } = await scan(bodies)
    const sum = hits.reduce((a, b) => a + b, 0)
    if (name !== MADE) total[scanner]!.hits += sum
    total[scanner]!.ms += ms
    cells.push(String(sum))
    if (scanner === 'ours')
      for (const [i, count] of hits.entries()) if (count > 0) console.error(`hit: ${found[i]!.name}`)
  }
  row(name, [size.toFixed(1), ...cells])
}
row('per megabyte of real text', [real.toFixed(1), ...Object.values(total).map(({ hits }) => (hits / real).toFixed(2))])
row('MB/s', ['', ...Object.values(total).map(({ ms }) => ((megabytes * 1000) / ms).toFixed(1))])
console.log('')

const inSeen = (name: string) => share(name, (each) => each.encoding in SEEN)
for (const rivalName of Object.keys(rivals)) {
  const rival = total[rivalName]!
  const mine = total.ours!
  const base = { rivalName, tries: 1 }
  report({
    figure: 'tokens found, all kinds and encodings',
    unit: '%',
    ours: inSeen('ours, by shape'),
    rival: inSeen(rivalName),
    ...base,
  })
  report({
    figure: 'hits in real text without secrets',
    unit: '/MB',
    ours: mine.hits / real,
    rival: rival.hits / real,
    ...base,
  })
  report({
    figure: 'text scanned',
    unit: 'MB/s',
    ours: (megabytes * 1000) / mine.ms,
    rival: (megabytes * 1000) / rival.ms,
    ...base,
  })
}
