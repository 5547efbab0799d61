/**
 * What a promise gives within a time; null when it gave nothing. A loop that was held up runs timers first: what came
 * about meanwhile is heard before it counts as nothing.
 */
export const within = <T>(promise: Promise<T>, ms: number): Promise<T | null> =>
  Promise.race([promise, new Promise<null>((resolve) => setTimeout(() => setImmediate(() => resolve(null)), ms))])
