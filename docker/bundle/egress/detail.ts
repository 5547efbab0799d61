import type { EgressDetail } from '../../../server/contract/egress.ts'

/** Takes every secret out of a text. */
export type Mask = (text: string) => string

const SHOWN = 2048 // characters of a body
/** More is looked at than shown, and the end of a cut text never shown: a secret that was cut in two is not known again. */
const LONGEST_SECRET = 2048
const SEEN = SHOWN + LONGEST_SECRET
const MASKED = '[masked]'
/** Of answers: what logs an agent in. */
const SECRET_HEADERS = new Set(['set-cookie', 'www-authenticate', 'authorization', 'cookie'])

/** What was asked and answered, kept for the audit at log level 2. */
export class Detail {
  #request: EgressDetail['request'] = { query: '', headers: [] }
  #answerHeaders: readonly string[] | null = null
  #answerBody: Buffer = Buffer.alloc(0)
  #answerSize = 0

  constructor(private readonly mask: Mask) {}

  asked(query: string, headers: readonly string[], body: Buffer | null): void {
    const text = body && this.#text(body.subarray(0, SEEN), body.length)
    this.#request = { query: this.mask(query), headers: this.#headers(headers), ...(text && { body: text }) }
  }

  answered(headers: readonly string[]): void {
    this.#answerHeaders = this.#headers(headers)
  }

  came(chunk: Buffer): void {
    if (this.#answerSize < SEEN) this.#answerBody = Buffer.concat([this.#answerBody, chunk]).subarray(0, SEEN)
    this.#answerSize += chunk.length
  }

  get facts(): EgressDetail {
    if (!this.#answerHeaders) return { request: this.#request }
    const body = this.#text(this.#answerBody, this.#answerSize)
    return { request: this.#request, answer: { headers: this.#answerHeaders, ...(body && { body }) } }
  }

  #headers(headers: readonly string[]): string[] {
    return headers.map((part, i) => {
      if (i % 2 === 0) return part
      return SECRET_HEADERS.has(headers[i - 1]!.toLowerCase()) ? MASKED : this.mask(part)
    })
  }

  #text(bytes: Buffer, size: number): string {
    if (bytes.includes(0)) return '' // not a text
    const masked = this.mask(bytes.toString('latin1'))
    const whole = size > bytes.length ? masked.slice(0, Math.max(0, masked.length - LONGEST_SECRET)) : masked
    return Buffer.from(whole, 'latin1').toString('utf8').slice(0, SHOWN)
  }
}
