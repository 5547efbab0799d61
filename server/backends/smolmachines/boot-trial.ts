/** What this server saw boot, by the program that booted it. */
const seen = new Map<string, { readyMs: number }>()

export const noteBoot = (program: string, readyMs: number): void => void seen.set(program, { readyMs })

/** @returns null when no machine was seen to boot since this server began */
export const bootTrial = (program: string): { readyMs: number } | null => seen.get(program) ?? null
