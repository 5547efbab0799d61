/**
 * Cuts a byte stream only between characters, so that every piece can be parsed on its own.
 *
 * xterm 6.0.0 drops a character whose bytes arrive in two pieces when the first piece ends in 0x80, which is every
 * dash, quote and ellipsis of U+2000 to U+203F split after its second byte. Its decoder takes that byte for "nothing
 * there yet" (`Utf8ToUtf32.decode`, the `interim` loop). Pieces that end between characters never get there.
 */
export class Utf8Edge {
  #held: Uint8Array = new Uint8Array(0)

  /** @returns what was held back before plus `chunk`, without an unfinished character at its end; may be empty */
  take(chunk: Uint8Array): Uint8Array {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    const cut = bytes.length - unfinished(bytes)
    this.#held = cut === bytes.length ? new Uint8Array(0) : Uint8Array.from(bytes.subarray(cut))
    return cut === bytes.length ? bytes : bytes.subarray(0, cut)
  }

  /** What is still held back, at the end of the stream. */
  rest(): Uint8Array {
    const held = this.#held
    this.#held = new Uint8Array(0)
    return held
  }
}

/** How many bytes at the end belong to a character that is not complete: 0 to 3. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return 0
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return back < length ? back : 0
    }
  }
  return 0
}
