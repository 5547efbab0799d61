import type { DoctorCheck, DoctorReport } from '../contract/views.ts'
import { messageOf } from '../errors.ts'
import type { Logger } from '../logger.ts'

/** Looks at one thing, or at several that belong together. */
export type Check = () => Promise<DoctorCheck | readonly DoctorCheck[]>

const FRESH_MS = 30_000

/** Looks at the machine: what is there, what is missing, how to fix it. Keeps what it saw for half a minute. */
export class Doctor {
  #report: Promise<DoctorReport> | null = null
  #at = 0

  constructor(
    private readonly checks: Readonly<Record<string, Check>>,
    private readonly logger: Logger,
  ) {}

  /** @param fresh looks again, whatever was seen before */
  examine(fresh = false): Promise<DoctorReport> {
    if (!this.#report || fresh || Date.now() - this.#at > FRESH_MS) {
      this.#at = Date.now()
      this.#report = this.#examine()
    }
    return this.#report
  }

  async #examine(): Promise<DoctorReport> {
    const checks = await Promise.all(Object.entries(this.checks).map(([name, check]) => this.#one(name, check)))
    return { checkedAt: Date.now(), checks: checks.flat() }
  }

  /** A check that fails is itself a finding: it must not hide the others. */
  async #one(id: string, check: Check): Promise<readonly DoctorCheck[]> {
    try {
      return [await check()].flat()
    } catch (error) {
      this.logger.error('A check of the doctor failed.', { check: id, error })
      const detail = `This could not be looked at: ${messageOf(error)}`
      return [{ id, group: 'Server', title: id, result: 'warning', detail, fix: null }]
    }
  }
}
