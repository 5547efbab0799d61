import type { Limits } from '../../contract/manifest.ts'
import { bytesOf } from '../../lib/bytes-of.ts'

/** The engine's words for a bottle's limits, all but `disk`: most storage drivers have none (the plan says so). @param cores of the engine: it refuses to promise more */
export const limitOptions = (limits: Limits, cores: number) => {
  const memory = bytesOf(limits.memory)
  return {
    Memory: memory,
    // The same as Memory: no swap.
    MemorySwap: memory,
    NanoCpus: Math.round(Math.min(limits.cpus, cores) * 1e9),
    PidsLimit: limits.pids,
  }
}
