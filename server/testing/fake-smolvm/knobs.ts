/** What a test can make go wrong, each by a variable of the environment. Off unless set. */
export interface Knobs {
  /** `FAKE_SMOLVM_TSI_UNENFORCED=1`: the policy is recorded and nothing enforces it (finding 0.2 of the paper). */
  unenforced: boolean
  /** `FAKE_SMOLVM_START_MS`: how long a start takes longer. */
  startMs: number
  /** `FAKE_SMOLVM_START_FAILS=1`: the machine does not come up. */
  startFails: boolean
  /** `FAKE_SMOLVM_FAILED_EXECS`: so many execs after a start fail, as while the guest's agent is not listening yet. */
  failedExecs: number
  /** `FAKE_SMOLVM_MASKED=/tmp`: a tmpfs appears there with the first exec and hides what was uploaded before it. */
  masked: string | null
  /** `FAKE_SMOLVM_PACK_DAMAGE`: `truncated` or `flipped`, what becomes of a freshly packed artifact. */
  packDamage: 'truncated' | 'flipped' | null
  /** `FAKE_SMOLVM_PACK_MS`: how long a pack takes longer. */
  packMs: number
}

/** Knobs are read when they matter, so that a test may turn them between two commands. */
export function readKnobs(env: NodeJS.ProcessEnv = process.env): Knobs {
  const damage = env.FAKE_SMOLVM_PACK_DAMAGE
  return {
    unenforced: env.FAKE_SMOLVM_TSI_UNENFORCED === '1',
    startMs: Number(env.FAKE_SMOLVM_START_MS ?? 0),
    startFails: env.FAKE_SMOLVM_START_FAILS === '1',
    failedExecs: Number(env.FAKE_SMOLVM_FAILED_EXECS ?? 0),
    masked: env.FAKE_SMOLVM_MASKED ?? null,
    packDamage: damage === 'truncated' || damage === 'flipped' ? damage : null,
    packMs: Number(env.FAKE_SMOLVM_PACK_MS ?? 0),
  }
}
