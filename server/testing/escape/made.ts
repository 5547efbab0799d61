/** What a test made, in order; disposing undoes it in reverse. Node 20 has no `AsyncDisposableStack`. */
export class Made implements AsyncDisposable {
  readonly #made: AsyncDisposable[] = []

  use<T extends AsyncDisposable>(thing: T): T {
    this.#made.push(thing)
    return thing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const thing of this.#made.reverse()) await thing[Symbol.asyncDispose]()
  }
}
