/** A set of bytes as a table: 1 for those in it. */
export type ByteClass = Uint8Array

/** @param members characters; `a-z` stands for a range, a `-` at the end for itself */
export function byteClass(members: string): ByteClass {
  const table = new Uint8Array(256)
  for (const [part] of members.matchAll(/.-.|./gs)) {
    const last = part.length === 3 ? part.charCodeAt(2) : part.charCodeAt(0)
    for (let byte = part.charCodeAt(0); byte <= last; byte++) table[byte] = 1
  }
  return table
}
