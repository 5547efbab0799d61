/** One measured figure, beside what a person would otherwise use, measured in the same run. */
export interface Figure {
  /** What was measured, in words: `key echo, bare bridge (median)`. */
  figure: string
  /** `ms`, `MB/s`, `lines/s`, `MiB` … */
  unit: string
  ours: number
  /** The rival's value in the same unit. */
  rival?: number
  /** What the rival is: `docker exec -t`. */
  rivalName?: string
  /** The aim in words, `< 30 ms`, and whether it was met. */
  aim?: string
  met?: boolean
  /** How many values the median was taken over. */
  tries: number
}

/** Hands a figure to `npm run bench`, which makes the table and the JSON file (scripts/lib/figures.mjs reads these lines). */
export function report(figure: Figure): void {
  console.log(`@figure ${JSON.stringify(figure)}`)
}
