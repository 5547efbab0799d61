import { SampledSearch } from '../scan/sampled-search.ts'

const EMPTY: Buffer = Buffer.alloc(0)

/**
 * What is looked for; made once for each credential, not for each answer. Null: nothing.
 *
 * One search for all forms: `Buffer.includes` for each of them took a tenth of the time of a large answer.
 */
export type Needles = SampledSearch | null

export function needlesOf(values: readonly string[]): Needles {
  const all = values.filter((value) => value.length >= 8).flatMap(forms)
  const shortestFirst = [...new Set(all)].sort((a, b) => a.length - b.length)
  // What holds another form is found with it.
  const needed = shortestFirst.filter((form, i) => !shortestFirst.slice(0, i).some((shorter) => form.includes(shorter)))
  if (needed.length === 0) return null
  const texts = needed.map((form) => Buffer.from(form))
  return new SampledSearch(texts.map((bytes) => ({ bytes, enough: bytes.length })))
}

/**
 * Looks for exact byte strings in a stream, across its chunks. Used on answers: an endpoint that echoes what it was sent
 * would otherwise hand the injected token to the agent.
 */
export class ByteWatch {
  #tail: Buffer = EMPTY

  constructor(private readonly needles: Needles) {}

  /** @returns true when one of the values has appeared by the end of this chunk */
  seenIn(chunk: Buffer): boolean {
    if (!this.needles) return false
    if (this.needles.search(chunk).size > 0) return true
    const keep = this.needles.longest - 1
    // The seam is small: only the ends of two chunks are ever joined, so a large chunk is not copied.
    const seam = Buffer.concat([this.#tail, chunk.subarray(0, keep)])
    if (this.#tail.length > 0 && this.needles.search(seam).size > 0) return true
    this.#tail = chunk.length >= keep ? Buffer.from(chunk.subarray(chunk.length - keep)) : seam.subarray(-keep)
    return false
  }
}

/** As it is, and in the forms in which an echo service commonly gives it back. */
function forms(value: string): string[] {
  const raw = Buffer.from(value)
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    raw.toString('base64').replace(/=+$/, ''),
    raw.toString('base64url'),
    raw.toString('hex'),
  ]
}
