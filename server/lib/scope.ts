/** A release that did not work, by the name under which it was registered. */
export interface ReleaseFailure {
  name: string
  error: unknown
}

type Release = () => Promise<void> | void

/**
 * Releases what was acquired, last first, and runs every release even when one of them fails.
 *
 * The contract of TC39's `AsyncDisposableStack` (a global from Node 24 on) with two differences: every release has a
 * name, and `close` reports failures instead of throwing, so that they cannot hide the error that led to it.
 */
export class Scope implements AsyncDisposable {
  #releases: { name: string; release: Release }[] = []

  /** @param onRelease called after each release, with its error if it failed */
  constructor(private readonly onRelease: (name: string, error?: unknown) => void = () => {}) {}

  defer(name: string, release: Release): void {
    this.#releases.push({ name, release })
  }

  /** Hands every release to a new owner; this scope then has nothing left to do. */
  move(): Scope {
    const moved = new Scope(this.onRelease)
    moved.#releases = this.#releases.splice(0)
    return moved
  }

  /** Never throws. @returns what could not be released, empty when all went well */
  async close(): Promise<ReleaseFailure[]> {
    const failures: ReleaseFailure[] = []
    for (const { name, release } of this.#releases.splice(0).reverse()) {
      try {
        await release()
        this.onRelease(name)
      } catch (error) {
        failures.push({ name, error })
        this.onRelease(name, error)
      }
    }
    return failures
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
