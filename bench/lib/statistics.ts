/** @param values any order, at least one @returns the value below which the share `q` (0 to 1) of them lies */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Runs `work` `tries` times, one after another, after `warmUp` runs that do not count. @returns milliseconds of each */
export async function timings(tries: number, work: () => unknown, warmUp = 1): Promise<number[]> {
  const times: number[] = []
  for (let i = -warmUp; i < tries; i++) {
    const startedAt = performance.now()
    await work()
    if (i >= 0) times.push(performance.now() - startedAt)
  }
  return times
}
