/** How much a text may unfold to. */
export class Budget {
  #isSpent = false

  /** @param left bytes of all views but the text itself */
  constructor(private left: number) {}

  /** For the thread that has time: a body of JSON within JSON within JSON is looked at to its end. */
  static ample = (text: Uint8Array): Budget => new Budget(4 * 1024 * 1024 + 3 * text.length)

  /** True when something was not looked at for its size. */
  get isSpent(): boolean {
    return this.#isSpent
  }
  get rest(): number {
    return this.left
  }
  /** @returns false when so much is no longer there */
  take(size: number): boolean {
    if (size > this.left) this.overrun()
    else this.left -= size
    return !this.#isSpent
  }
  /** Something would have unfolded to more than is left. */
  overrun(): void {
    this.#isSpent = true
  }
}
