const EMPTY: Buffer = Buffer.alloc(0)

/** What is looked for; made once for each credential, not for each answer. */
export interface Needles {
  forms: readonly Buffer[]
  longest: number
}

export function needlesOf(values: readonly string[]): Needles {
  const all = values.filter((value) => value.length >= 8).flatMap(forms)
  const shortestFirst = [...new Set(all)].sort((a, b) => a.length - b.length)
  // What holds another form is found with it; each one more costs a pass over every answer.
  const needed = shortestFirst.filter((form, i) => !shortestFirst.slice(0, i).some((shorter) => form.includes(shorter)))
  return { forms: needed.map((form) => Buffer.from(form)), longest: needed.at(-1)?.length ?? 0 }
}

/**
 * Looks for exact byte strings in a stream, across its chunks. Used on answers: an endpoint that echoes what it was sent
 * would otherwise hand the injected token to the agent.
 */
export class ByteWatch {
  readonly #needles: readonly Buffer[]
  readonly #keep: number
  #tail: Buffer = EMPTY

  constructor({ forms, longest }: Needles) {
    this.#needles = forms
    this.#keep = Math.max(0, longest - 1)
  }

  /** @returns true when one of the values has appeared by the end of this chunk */
  seenIn(chunk: Buffer): boolean {
    if (this.#needles.length === 0) return false
    // The seam is small: only the ends of two chunks are ever joined, so a large chunk is not copied.
    const seam = this.#tail.length === 0 ? EMPTY : Buffer.concat([this.#tail, chunk.subarray(0, this.#keep)])
    for (const needle of this.#needles) if (chunk.includes(needle) || seam.includes(needle)) return true
    this.#tail =
      chunk.length >= this.#keep
        ? Buffer.from(chunk.subarray(chunk.length - this.#keep))
        : Buffer.from(this.#tail.length === 0 ? chunk : seam.subarray(Math.max(0, seam.length - this.#keep)))
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
