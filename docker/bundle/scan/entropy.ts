const RUN = /[A-Za-z0-9+/_=-]{32,512}/g
const HEX = /^[0-9a-fA-F]+$/
/** Bits per character above which a run looks drawn at random. Hex has at most 4, so it is measured by its own scale. */
const MIXED = 4.6
const HEXADECIMAL = 3.6

/**
 * True when a text holds a run that looks like a key. Many innocent things do (digests, ids, embedded images), so this
 * detector is off unless a route names it.
 */
export function looksRandom(text: string): boolean {
  for (const [run] of text.matchAll(RUN)) {
    if (entropy(run) >= (HEX.test(run) ? HEXADECIMAL : MIXED)) return true
  }
  return false
}

/** Shannon's measure over the characters of a text, in bits per character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>()
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}
