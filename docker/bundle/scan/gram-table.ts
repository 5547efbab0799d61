const FACTOR = 0x2545f491 // odd: no byte is lost
const SPREAD = 0x9e3779b1 // Fibonacci hashing: the upper bits depend on all of the sum's

/**
 * Tells whether a window of one length stands in a text that is searched for, and where: Karp and Rabin's rolling sum
 * (1987) finds a place to compare with, so every byte read costs the same whatever is in the table.
 */
export class GramTable {
  /** A place in each slot, -1 where it is free. */
  readonly #slots: Int32Array
  /** Eight bits for each slot, few of them set: what is not in the table is rarely looked up. */
  readonly #bits: Uint8Array
  readonly #shift: number
  /** What the first byte of a window counts in its sum. */
  readonly #lead: number

  /**
   * @param text what windows are part of
   * @param places where windows begin in it; of two that say the same the first is kept
   * @param length bytes of a window
   */
  constructor(
    private readonly text: Uint8Array,
    places: readonly number[],
    readonly length: number,
  ) {
    const bits = Math.max(4, Math.ceil(Math.log2(places.length * 2)))
    this.#slots = new Int32Array(2 ** bits).fill(-1)
    this.#bits = new Uint8Array(2 ** bits)
    this.#shift = 32 - bits
    let lead = 1
    for (let i = 1; i < length; i++) lead = Math.imul(lead, FACTOR)
    this.#lead = lead
    for (const place of places) {
      const sum = this.#sum(text, place)
      const slot = this.#slotOf(text, place, sum)
      if (this.#slots[slot] === -1) this.#slots[slot] = place
      const bit = Math.imul(sum, SPREAD) >>> (this.#shift - 3)
      this.#bits[bit >>> 3]! |= 1 << (bit & 7)
    }
  }

  /** Adds the places of all windows that stand in a part of `bytes` to `found`. */
  read(bytes: Uint8Array, from: number, to: number, found: Set<number>): void {
    const length = this.length
    const last = to - length
    if (last < from) return
    const bits = this.#bits
    const shift = this.#shift - 3
    const lead = this.#lead
    let sum = this.#sum(bytes, from)
    for (let at = from; ; at++) {
      const bit = Math.imul(sum, SPREAD) >>> shift
      if ((bits[bit >>> 3]! & (1 << (bit & 7))) !== 0) {
        const place = this.#slots[this.#slotOf(bytes, at, sum)]!
        if (place !== -1) found.add(place)
      }
      if (at === last) return
      sum = (Math.imul(sum - Math.imul(bytes[at]!, lead), FACTOR) + bytes[at + length]!) | 0
    }
  }

  #sum(bytes: Uint8Array, at: number): number {
    let sum = 0
    for (let i = at; i < at + this.length; i++) sum = (Math.imul(sum, FACTOR) + bytes[i]!) | 0
    return sum
  }

  /** @returns the slot of a window, or the free one where it would go */
  #slotOf(bytes: Uint8Array, at: number, sum: number): number {
    const slots = this.#slots
    let slot = Math.imul(sum, SPREAD) >>> this.#shift
    for (; ; slot = (slot + 1) & (slots.length - 1)) {
      const place = slots[slot]!
      if (place === -1) return slot
      let i = 0
      while (i < this.length && this.text[place + i] === bytes[at + i]) i++
      if (i === this.length) return slot
    }
  }
}
