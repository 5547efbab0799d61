import type { Budget } from './budget.ts'
import { decodeBase64, decodeHex } from './encoded-runs.ts'
import { ESCAPES, unescaped } from './escapes.ts'
import { unzipped } from './inflate.ts'

const DEPTH = 3
const MOST_VIEWS = 64
const SHORTEST = 8 // bytes: less can hold no secret

/**
 * Everything that a text says once its encodings are undone, breadth first and bounded: percent, JSON, base64 at its
 * four alignments, hex, HTML entities, UTF-16, gzip and zlib inside any of them. Of a view that says the same but for some
 * escapes only the surroundings of those are given.
 */
export function* viewsOf(bytes: Buffer, budget: Budget): Generator<Buffer> {
  yield bytes
  const seen: Buffer[] = [bytes]
  const seenRuns = new Set<string>()
  let level = [bytes]
  for (let depth = 0; depth < DEPTH && level.length > 0; depth++) {
    const next: Buffer[] = []
    for (const view of level) {
      for (const found of decodings(view, budget, seenRuns)) {
        if (found.length < SHORTEST || seen.some((other) => other.equals(found))) continue
        if (!budget.take(found.length) || seen.length >= MOST_VIEWS) return
        seen.push(found)
        next.push(found)
        yield found
      }
    }
    level = next
  }
}

function* decodings(view: Buffer, budget: Budget, seenRuns: Set<string>): Generator<Buffer> {
  for (const [lead, read] of ESCAPES) {
    const found = unescaped(view, lead, read)
    if (found) yield found
  }
  const base64 = decodeBase64(view, budget, seenRuns)
  if (base64) yield base64
  const hex = decodeHex(view, budget)
  if (hex) yield hex
  const inner = unzipped(view, budget)
  if (inner) yield inner
}
