/** What egress tells of one request: a line of its audit, without any secret. */
export interface EgressAudit {
  /** Epoch milliseconds. */
  at: number
  outcome: 'allowed' | 'refused' | 'redacted'
  /** Set where requests came faster than they could be listed: how many alike this line stands for, itself included. */
  count?: number
  /** The rule that refused; absent when allowed. */
  rule?: string
  method: string
  host: string
  port: number
  /** Without its query. */
  path: string
  /** Of the answer; absent when none was sent. */
  status?: number
  /** Of the body that the agent sent, and of the answer's. */
  bytesUp: number
  bytesDown: number
  durationMs: number
  /** The credential slot that was added. */
  slot?: string
  /** Names of credential headers that the agent sent and that went no further. */
  stripped?: readonly string[]
  /** What scanning found, by detector. */
  findings?: readonly string[]
  /** In words, for the operator. */
  message?: string
  /** At log level 2: what was asked and answered, every secret masked. */
  detail?: EgressDetail
}

/** Headers as name, value, name, value …; bodies from their beginning, 2 KiB at most, absent when they are not text. */
export interface EgressDetail {
  request: { query: string; headers: readonly string[]; body?: string }
  answer?: { headers: readonly string[]; body?: string }
}
