import { setTimeout as sleep } from 'node:timers/promises'
import type { BundleLink } from '../bottles/backend.ts'
import type { SecretsAgain } from '../bottles/networks.ts'
import { messageOf, WrongStateError } from '../errors.ts'
import { KeyedLock } from '../lib/keyed-lock.ts'
import { HealPolicy } from './heal-policy.ts'
import { secretNotices } from './secret-notices.ts'

/** Whoever started one that waits did not come to handing over. */
const WHY = { gone: 'its container was removed', waiting: 'it has no secrets' } as const
/** Between attempts to ask an engine that is away. */
const RETRY_MS = 1_000
/** Longest that a start may take, until it guards. */
const START_LIMIT_MS = 60_000
/** How often a login of this machine is looked at, and how soon again after an upstream refused its token. */
const LOGIN_EVERY_MS = 20_000
const LOGIN_PAUSE_MS = 5_000

export interface BundleKeeperParts {
  link: BundleLink
  /** What can be had of the bottle's secrets now. */
  secrets(): Promise<SecretsAgain>
  /** A login of this machine is among them, which is renewed while the bottle runs. */
  hasLogin: boolean
  /** Puts a renewed login's stand-in into the guest, so that the agent sees the new expiry. */
  putLogins(files: SecretsAgain['logins']): Promise<void>
  /** Told when `status` or `notices` has changed. */
  changed(): void
  /** Told once it guards again after it had ended. */
  back(): void
}

/** How a bundle stands. While it does not guard, its bottle has no way out. `why` is a clause. */
export type BundleStatus =
  | { kind: 'unknown' }
  | { kind: 'guarding' }
  /** It is started again by itself. */
  | { kind: 'restarting'; why: string }
  /** It is left to the operator. */
  | { kind: 'ended'; why: string; gaveUp: boolean }

/** Keeps the bundle of one bottle up as long as the bottle is, and what it was handed as new as what is on this machine. */
export class BundleKeeper {
  status: BundleStatus = { kind: 'unknown' }
  notices: readonly string[] = []
  /** What it was handed by us, so that only what is new is handed again. */
  #tokens: ReadonlyMap<string, string> = new Map()
  #given: ReadonlySet<string> = new Set()
  #problem: string | null = null
  #lookedAt = 0
  #wake: () => void = () => {}
  readonly #policy = new HealPolicy()
  readonly #turn = new KeyedLock()
  readonly #end = new AbortController()

  constructor(private readonly parts: BundleKeeperParts) {
    void this.#keep()
    if (parts.hasLogin) void this.#keepLogin()
  }

  close(): void {
    this.#end.abort()
    this.#wake()
  }

  /** Starts it now, however often it ended. @throws WrongStateError where it guards; whatever keeps it from coming up */
  async restart(): Promise<void> {
    this.#policy.reset()
    if ((await this.parts.link.state(this.#end.signal)).kind === 'guarding')
      throw new WrongStateError('Egress of this bottle is up already.')
    try {
      await this.#start()
    } finally {
      this.#wake()
    }
  }

  /** Looks whether a credential of this machine is newer than what the bundle has. Safe to call often. */
  async look(): Promise<void> {
    if (this.status.kind !== 'guarding' || Date.now() - this.#lookedAt < LOGIN_PAUSE_MS) return
    this.#lookedAt = Date.now()
    await this.#turn.run('hand over', async () => {
      const again = await this.parts.secrets()
      const newer = [...again.tokens].filter(([slot, value]) => this.#tokens.get(slot) !== value)
      if (newer.length > 0) await this.#renew(again, new Map(newer))
      this.#show(again)
    })
  }

  async #keep(): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted) {
      try {
        await this.#round(signal)
      } catch (error) {
        if (signal.aborted) return
        this.#problem = messageOf(error)
        await this.#pause(RETRY_MS)
      }
    }
  }

  async #keepLogin(): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted) {
      await sleep(LOGIN_EVERY_MS, undefined, { signal, ref: false }).catch(() => {})
      if (!signal.aborted) await this.look().catch(() => {})
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    const state = await this.parts.link.state(signal)
    switch (state.kind) {
      case 'guarding':
        if (this.status.kind !== 'guarding') await this.#adopt(state.given)
        return this.parts.link.ended(signal)
      case 'gone':
      case 'waiting':
      case 'ended': {
        const { gaveUp, why: seen } = state.kind === 'ended' ? state : { gaveUp: false, why: WHY[state.kind] }
        const why = this.#problem ? `${seen}, and it could not be started again: ${this.#problem}` : seen
        const delay = gaveUp ? null : this.#policy.ended(performance.now())
        if (delay === null) {
          this.#stands({ kind: 'ended', why, gaveUp })
          return this.#pause()
        }
        this.#stands({ kind: 'restarting', why })
        await this.#pause(delay)
        if (!signal.aborted) await this.#start()
        return
      }
      default:
        state satisfies never
    }
  }

  /** Takes on one that guards with what somebody handed over: what it lacks and we have, and logins, it gets. */
  #adopt(given: readonly string[]): Promise<void> {
    return this.#turn.run('hand over', async () => {
      const again = await this.parts.secrets()
      this.#given = new Set(given)
      this.#tokens = again.tokens
      const lacks = [...again.tokens.keys()].some((slot) => !this.#given.has(slot))
      if (lacks || this.parts.hasLogin) await this.#renew(again, again.tokens)
      this.#show(again)
      this.#stands({ kind: 'guarding' })
    })
  }

  #start(): Promise<void> {
    return this.#turn.run('hand over', async () => {
      const { signal } = this.#end
      // The operator and the back-off may have wanted it at the same time.
      if ((await this.parts.link.state(signal)).kind === 'guarding') return
      const again = await this.parts.secrets()
      await this.parts.link.start(again, AbortSignal.any([signal, AbortSignal.timeout(START_LIMIT_MS)]))
      this.#problem = null
      this.#tokens = again.tokens
      this.#given = new Set([...again.tokens.keys(), ...again.secrets.keys()])
      this.#show(again)
      this.#stands({ kind: 'guarding' })
      this.parts.back()
    })
  }

  async #renew({ logins }: SecretsAgain, tokens: ReadonlyMap<string, string>): Promise<void> {
    const limit = AbortSignal.any([this.#end.signal, AbortSignal.timeout(START_LIMIT_MS)])
    await this.parts.link.renew({ tokens, secrets: new Map() }, limit)
    this.#tokens = new Map([...this.#tokens, ...tokens])
    this.#given = new Set([...this.#given, ...tokens.keys()])
    if (logins.length > 0) await this.parts.putLogins(logins)
  }

  #show({ missing }: SecretsAgain): void {
    const notices = secretNotices(missing, this.#given)
    if (notices.join() === this.notices.join()) return
    this.notices = notices
    this.parts.changed()
  }

  #stands(status: BundleStatus): void {
    this.status = status
    if (!this.#end.signal.aborted) this.parts.changed()
  }

  /** @param ms absent: until somebody starts it */
  async #pause(ms?: number): Promise<void> {
    const waking = new AbortController()
    this.#wake = () => waking.abort()
    if (this.#end.signal.aborted) return
    await sleep(ms ?? 2 ** 31 - 1, undefined, { signal: waking.signal, ref: false }).catch(() => {})
  }
}
