import type { Readable } from 'node:stream'

/**
 * Cuts a stream of bytes into lines. A line longer than the limit is skipped as a whole and told by `onTooLong`, so that
 * the other side cannot make this one hold more than the limit.
 */
export function readLines(
  stream: Readable,
  limit: number,
  onLine: (line: string) => void,
  onTooLong: () => void = () => {},
): void {
  let held: Buffer[] = []
  let size = 0
  let skipping = false
  stream.on('data', (chunk: Buffer) => {
    let rest = chunk
    for (let at = rest.indexOf(0x0a); at !== -1; at = rest.indexOf(0x0a)) {
      const end = rest.subarray(0, at)
      rest = rest.subarray(at + 1)
      if (skipping || size + end.length > limit) {
        if (!skipping) onTooLong()
      } else if (size + end.length > 0) {
        onLine((held.length === 0 ? end : Buffer.concat([...held, end])).toString('utf8'))
      }
      held = []
      size = 0
      skipping = false
    }
    if (rest.length === 0 || skipping) return
    held.push(rest)
    size += rest.length
    if (size <= limit) return
    held = []
    size = 0
    skipping = true
    onTooLong()
  })
}
