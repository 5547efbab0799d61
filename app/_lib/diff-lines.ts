export interface DiffLine {
  kind: 'same' | 'added' | 'removed' | 'gap'
  text: string
  /** 1-based, in the old and in the new text; null where the line is not in it. */
  before: number | null
  after: number | null
}

/** Reads a unified diff of one file. Headers are left out; a `gap` stands where lines in between are not shown. */
export function diffLines(diff: string): DiffLine[] {
  const lines: DiffLine[] = []
  let before = 0
  let after = 0
  let inside = false
  for (const raw of diff.split('\n')) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(raw)
    if (hunk) {
      before = Number(hunk[1])
      after = Number(hunk[2])
      if (inside || before > 1) lines.push({ kind: 'gap', text: '', before: null, after: null })
      inside = true
    } else if (!inside || raw.startsWith('\\')) {
      // Before the first hunk stand the names of the files; `\ No newline at end of file` is no line.
    } else if (raw.startsWith('+')) lines.push({ kind: 'added', text: raw.slice(1), before: null, after: after++ })
    else if (raw.startsWith('-')) lines.push({ kind: 'removed', text: raw.slice(1), before: before++, after: null })
    else if (raw.startsWith(' ')) lines.push({ kind: 'same', text: raw.slice(1), before: before++, after: after++ })
  }
  return lines
}
