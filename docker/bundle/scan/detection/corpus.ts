import { type Dirent, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Dice } from './dice.ts'

export interface Text {
  name: string
  bytes: Buffer
}

const WORDS =
  /\.(m?[jt]sx?|c[jt]s|json|md|map|css|html?|txt|ya?ml|toml|xml|py|h|svg|gz)$|^(README|LICENSE|NEWS|copyright|changelog)/i
const LARGEST = 3_000_000 // bytes of one file
const NOT_OURS = new Set(['.git', '.next', 'dist', 'test-results', 'playwright-report'])

/** Text files below some folders, in the order of their names, up to a number of bytes in all. */
export function* textsBelow(folders: readonly string[], limit: number): Generator<Text> {
  let left = limit
  for (const folder of folders) {
    for (const name of filesBelow(folder)) {
      const bytes = read(name)
      if (!bytes) continue
      left -= bytes.length
      if (left < 0) return
      yield { name, bytes }
    }
  }
}

function* filesBelow(folder: string): Generator<string> {
  let entries: Dirent[]
  try {
    entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return
  }
  for (const entry of entries) {
    const full = path.join(folder, entry.name)
    if (entry.isDirectory() && !NOT_OURS.has(entry.name) && !entry.name.startsWith('.next')) yield* filesBelow(full)
    else if (entry.isFile() && WORDS.test(entry.name)) yield full
  }
}

function read(name: string): Buffer | null {
  try {
    const bytes = readFileSync(name)
    const text = name.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: LARGEST }) : bytes
    return text.length === 0 || text.length > LARGEST ? null : text
  } catch {
    return null
  }
}

/** What is made by chance and is no secret: digests, ids, pictures, and the talk of an agent with its model. */
export function* madeTexts(): Generator<Text> {
  const dice = new Dice(5)
  const many = (count: number, make: () => string) => Array.from({ length: count }, make).join('\n')
  const text = (name: string, content: string) => ({ name, bytes: Buffer.from(content) })
  yield text(
    'git log',
    many(4000, () => `commit ${dice.hex(40)}\nparent ${dice.hex(40)}`),
  )
  yield text(
    'digests',
    many(4000, () => `sha512-${dice.base64(86)}== sha256:${dice.hex(64)} ${dice.hex(32)}`),
  )
  yield text(
    'ids',
    many(6000, () => `${dice.uuid()} ${dice.base32(26)} ${dice.word(21)} toolu_01${dice.alnum(22)}`),
  )
  yield text('picture', `data:image/png;base64,${dice.base64(1_500_000)}`)
  yield text('picture, url-safe', dice.word(500_000))
  yield text(
    'names',
    many(3000, () => `const ${dice.letters(30)} = sk_${dice.letters(8)}.hf_${dice.letters(12)}('AKIA…')`),
  )
  const turn = () => ({
    role: 'assistant',
    content: [
      {
        type: 'text',
        text: `Set GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, see ${dice.hex(7)}; sk-ant-... is yours.`,
      },
      { type: 'tool_use', id: `toolu_01${dice.alnum(22)}`, input: { command: `git show ${dice.hex(40)}` } },
      { type: 'thinking', thinking: 'Look at -----BEGIN PRIVATE KEY----- in the docs.', signature: dice.base64(600) },
    ],
  })
  const body = {
    model: 'claude',
    max_tokens: 32000,
    metadata: { user_id: `user_${dice.hex(64)}_account_${dice.uuid()}` },
  }
  for (let i = 0; i < 10; i++)
    yield text(`request ${i}`, JSON.stringify({ ...body, messages: Array.from({ length: 120 }, turn) }))
}
