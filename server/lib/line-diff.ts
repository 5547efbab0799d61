/** More comparisons than this are not worth their time: such texts are shown as replaced. */
const MOST_CELLS = 4_000_000

interface Line {
  mark: ' ' | '-' | '+'
  text: string
}

/**
 * The difference of two texts as `diff -u` shows it.
 *
 * @param name of the file in both headers
 * @param context unchanged lines around each change
 * @returns an empty text when there is none
 */
export function unifiedDiff(before: string, after: string, name: string, context = 3): string {
  if (before === after) return ''
  const lines = compare(linesOf(before), linesOf(after))
  const out = [`--- ${name}`, `+++ ${name}`]
  for (const { from, to } of hunks(lines, context)) {
    const count = (mark: '-' | '+', end: number, start = 0) =>
      lines.slice(start, end).filter((line) => line.mark === ' ' || line.mark === mark).length
    const range = (mark: '-' | '+') => {
      const length = count(mark, to, from)
      return `${mark}${count(mark, from) + (length > 0 ? 1 : 0)},${length}`
    }
    out.push(`@@ ${range('-')} ${range('+')} @@`)
    for (const { mark, text } of lines.slice(from, to)) out.push(`${mark}${text}`)
  }
  return `${out.join('\n')}\n`
}

const linesOf = (text: string): string[] => {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** By the longest common subsequence of what is left between equal beginnings and ends. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head++
  let tail = 0
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail++
  const same = (text: string): Line => ({ mark: ' ', text })
  return [
    ...before.slice(0, head).map(same),
    ...changed(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ]
}

function changed(before: readonly string[], after: readonly string[]): Line[] {
  const width = after.length + 1
  const removed = (text: string): Line => ({ mark: '-', text })
  const added = (text: string): Line => ({ mark: '+', text })
  if (before.length * after.length > MOST_CELLS) return [...before.map(removed), ...after.map(added)]
  const common = new Uint32Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      common[i * width + j] =
        before[i] === after[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!)
  const lines: Line[] = []
  let i = 0
  let j = 0
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      lines.push({ mark: ' ', text: before[i]! })
      i++
      j++
    } else if (common[(i + 1) * width + j]! >= common[i * width + j + 1]!) lines.push(removed(before[i++]!))
    else lines.push(added(after[j++]!))
  }
  return [...lines, ...before.slice(i).map(removed), ...after.slice(j).map(added)]
}

/** Ranges of lines to show: changes with their context, joined where they touch. */
function hunks(lines: readonly Line[], context: number): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = []
  for (const [index, { mark }] of lines.entries()) {
    if (mark === ' ') continue
    const from = Math.max(0, index - context)
    const to = Math.min(lines.length, index + context + 1)
    const last = ranges.at(-1)
    if (last && from <= last.to) last.to = to
    else ranges.push({ from, to })
  }
  return ranges
}
