const DIGITS = '0123456789'
const SMALL = 'abcdefghijklmnopqrstuvwxyz'
const LARGE = SMALL.toUpperCase()

/** Chance that can be had again: the same seed gives the same tokens, so that a failing test fails twice. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** Mulberry32 (Tommy Ettinger, public domain). @returns 0 to 1, without 1 */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296
  }

  of(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet[Math.floor(this.next() * alphabet.length)]).join('')
  }

  digits = (length: number) => this.of(DIGITS, length)
  hex = (length: number) => this.of(`${DIGITS}abcdef`, length)
  letters = (length: number) => this.of(SMALL + LARGE, length)
  alnum = (length: number) => this.of(SMALL + LARGE + DIGITS, length)
  small = (length: number) => this.of(SMALL + DIGITS, length)
  large = (length: number) => this.of(LARGE + DIGITS, length)
  base32 = (length: number) => this.of(`${LARGE}234567`, length)
  /** Also `_` and `-`, but not at its ends. */
  word = (length: number) => this.alnum(1) + this.of(`${SMALL}${LARGE}${DIGITS}_-`, length - 2) + this.alnum(1)
  base64 = (length: number) => this.of(`${SMALL}${LARGE}${DIGITS}+/`, length)
  uuid = () => [8, 4, 4, 4, 12].map((length) => this.hex(length)).join('-')
  /** JSON in base64url, as in a JWT. */
  json = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  /** Lines of base64, as in PEM. */
  lines = (length: number, first = '') => (first + this.base64(length)).replace(/(.{64})/g, '$1\n')
  jwt = () => {
    const claims = { sub: this.uuid(), iss: 'https://id.example.com', iat: 1_790_000_000, exp: 1_790_003_600 }
    return `${this.json({ alg: 'RS256', typ: 'JWT', kid: this.hex(8) })}.${this.json(claims)}.${this.word(342)}`
  }
}

/**
 * Makes a token as its provider would, when it is asked for: no literal in this repository looks like one. Written from
 * the providers' documentation and not from our shapes, so that a wrong shape is found out.
 */
export type Make = (dice: Dice) => string
