/**
 * Joining what was seen before a restart, what the engine recorded meanwhile and what comes live, without a line twice
 * and without a line lost. All three are pieces of one stream, so the bytes themselves tell where they meet; times
 * would not: the engine stamps a line when it has ended, we when its bytes arrive.
 *
 * The engine's record holds whole lines only. The line that is not finished is in what was seen or in what comes live.
 */

/** Bytes that are compared at most: longer repetitions than this are taken for the same place. */
export const TAIL = 16 * 1024

/**
 * What of the engine's record is new to somebody who has already seen the stream up to the end of `tail`.
 *
 * @param tail the last bytes that were seen
 * @param history whole lines, from a moment before the end of `tail` on
 * @returns the part of `history` after the end of `tail`; null when they do not meet, so that nothing can be said
 */
export function afterTail(tail: Buffer, history: Buffer): Buffer | null {
  const whole = tail.length === 0 ? 0 : history.indexOf(tail)
  if (whole >= 0) return history.subarray(whole + tail.length)
  const lineEnd = tail.lastIndexOf(0x0a) + 1
  const seen = lineEnd === 0 ? tail : tail.subarray(0, lineEnd)
  const unfinished = tail.subarray(seen.length)
  const within = history.indexOf(seen)
  const end = within >= 0 ? within + seen.length : longestOverlap(seen, history)
  return end === 0 ? null : withoutBeginning(history.subarray(end), unfinished)
}

/** What of `history`, all of it recorded after the end of `tail`, is new: without the beginning of its first line. */
export function afterUnfinished(tail: Buffer, history: Buffer): Buffer {
  return withoutBeginning(history, tail.subarray(tail.lastIndexOf(0x0a) + 1))
}

/**
 * What of the live bytes is new after `history`. Whoever attaches first and reads the record then gets some lines
 * twice, or none.
 * @returns the part of `live` that `history` does not end with
 */
export function afterHistory(history: Buffer, live: Buffer): Buffer {
  const most = Math.min(history.length, live.length, TAIL)
  return live.subarray(longestOverlap(history.subarray(history.length - most), live.subarray(0, most)))
}

/** The length of the longest end of `first` that `second` begins with; linear, by the border table of `second`. */
function longestOverlap(first: Buffer, second: Buffer): number {
  const pattern = second.subarray(0, Math.min(second.length, first.length))
  if (pattern.length === 0) return 0
  const border = new Int32Array(pattern.length)
  for (let at = 1, length = 0; at < pattern.length; at++) {
    while (length > 0 && pattern[at] !== pattern[length]) length = border[length - 1]!
    if (pattern[at] === pattern[length]) length++
    border[at] = length
  }
  let matched = 0
  for (let at = first.length - pattern.length; at < first.length; at++) {
    if (matched === pattern.length) matched = border[matched - 1]!
    while (matched > 0 && first[at] !== pattern[matched]) matched = border[matched - 1]!
    if (first[at] === pattern[matched]) matched++
  }
  return matched
}

const withoutBeginning = (bytes: Buffer, prefix: Buffer): Buffer =>
  bytes.subarray(0, prefix.length).equals(prefix) ? bytes.subarray(prefix.length) : bytes
