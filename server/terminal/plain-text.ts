/** What a byte can do to a terminal: 0 anything, 1 it prints or moves within the line, 2 it ends a line, 3 it may begin a C1 control. */
const KIND = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x0a) return 2
  if (byte === 0x09 || byte === 0x0d) return 1
  if (byte === 0xc2) return 3
  return byte >= 0x20 && byte !== 0x7f ? 1 : 0
})

/**
 * Tells plain text from text that steers the terminal. Plain text holds no control but tab, carriage return and line
 * feed, so all it leaves behind, once it has scrolled out, is the cursor's place.
 *
 * @param bytes UTF-8, cut between characters; text that begins or ends inside of one does not count as plain
 * @returns the number of line feeds, or -1 when the text is not plain
 */
export function plainLines(bytes: Uint8Array): number {
  const first = bytes[0]
  if (first !== undefined && first >= 0x80 && first < 0xc0) return -1
  let lines = 0
  for (let at = 0; at < bytes.length; at++) {
    const kind = KIND[bytes[at]!]
    if (kind === 1) continue
    if (kind === 2) {
      lines++
      continue
    }
    if (kind === 0) return -1
    // U+0080 to U+009F are the C1 controls; in UTF-8 they are C2 80 to C2 9F.
    const next = bytes[at + 1]
    if (next === undefined || (next >= 0x80 && next <= 0x9f)) return -1
  }
  return lines
}
