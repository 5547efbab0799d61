import path from 'node:path'
import { expect, test } from 'vitest'
import { KnownValues } from '../known-values.ts'
import { findingsIn } from '../scan.ts'
import { madeTexts, type Text, textsBelow } from './corpus.ts'

const ROOT = path.resolve(import.meta.dirname, '../../../..')
const TIMEOUT = 300_000
const NOTHING = new KnownValues([])
const LARGE = 12_000_000 // bytes of packages

/** Private keys that these packages publish: rightly found. */
const REAL = ['node_modules/happy-dom/', 'node_modules/ssh2/']

function hitsIn(texts: Iterable<Text>) {
  const hits: string[] = []
  let size = 0
  for (const { name, bytes } of texts) {
    size += bytes.length
    for (const id of findingsIn(bytes.toString('latin1'), NOTHING, ['token_patterns'])) hits.push(`${id} in ${name}`)
  }
  return { size, hits: hits.filter((hit) => !REAL.some((place) => hit.includes(place))) }
}

test(
  'nothing is found in what this repository ships',
  () => {
    const folders = ['app', 'docker', 'docs', 'prisma', 'scripts', 'server'].map((folder) => path.join(ROOT, folder))
    const texts = [...textsBelow(folders, 50_000_000)].filter(({ name }) => !/\.test\.|\/testing\//.test(name))
    const { size, hits } = hitsIn(texts)
    expect(size).toBeGreaterThan(500_000)
    expect(hits).toEqual([])
  },
  TIMEOUT,
)

test(
  'nothing is found in digests, ids, pictures and the talk of agents',
  () => {
    const { size, hits } = hitsIn(madeTexts())
    expect(size).toBeGreaterThan(3_000_000)
    expect(hits).toEqual([])
  },
  TIMEOUT,
)

test.each(['@prisma/client/runtime', 'entities', 'zod', 'typescript/lib', 'undici', 'happy-dom'])(
  'nothing is found in the package %s that is not a key',
  (name) => {
    const { size, hits } = hitsIn(textsBelow([path.join(ROOT, 'node_modules', name)], LARGE))
    expect(size).toBeGreaterThan(100_000)
    expect(hits).toEqual([])
  },
  TIMEOUT,
)
