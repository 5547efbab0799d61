import { Refusal } from './refusal.ts'

/**
 * Naive wording of prompt injection, as a tripwire: it tells the operator where to look and stops nobody determined.
 * The boundary is the list of routes, not this.
 */
const SHAPES: Readonly<Record<string, RegExp>> = {
  'ignore-instructions':
    /(?:ignore|disregard|forget)\s{1,4}(?:all\s{1,4})?(?:your\s{1,4}|the\s{1,4})?(?:previous|prior|above|earlier)\s{1,4}(?:instructions|prompts|rules)/i,
  'new-system-prompt': /(?:^|\n)\s{0,8}(?:#{1,4}\s{0,4})?(?:new\s{1,4})?system\s{1,4}prompt\s{0,4}:/i,
  'exfiltrate-secrets':
    /(?:send|post|upload|exfiltrate)\s{1,4}(?:\w{1,20}\s{1,4}){0,6}(?:api[ _-]?keys?|credentials|secrets|\.env|ssh\s{0,2}keys?)/i,
  'hidden-from-user':
    /(?:do\s{1,4}not|don't|never)\s{1,4}(?:tell|mention|reveal|show)\s{1,4}(?:this\s{1,4})?(?:to\s{1,4})?(?:the\s{1,4})?(?:user|operator|human)/i,
}
const TAIL = 512 // characters kept so that a phrase across two chunks is seen
const LIMIT = 4 * 1024 * 1024 // bytes of one answer that are looked at

/** The detector of a bottle file under which all of them go. */
const DETECTOR = 'prompt_injection'

export class InjectionWatch {
  #tail = ''
  #looked = 0
  #found = false
  readonly #shapes: readonly (readonly [string, RegExp])[]

  /** @param detectors of the route; empty for all */
  constructor(detectors: readonly string[]) {
    this.#shapes = detectors.length === 0 || detectors.includes(DETECTOR) ? Object.entries(SHAPES) : []
  }

  /** @returns what was found, in words for the audit, the first time that a shape has appeared by the end of this chunk */
  seenIn(chunk: Buffer): string | null {
    if (this.#found || this.#looked > LIMIT || this.#shapes.length === 0) return null
    this.#looked += chunk.length
    const text = this.#tail + chunk.toString('latin1')
    this.#tail = text.slice(-TAIL)
    const shape = this.#shapes.find(([, shape]) => shape.test(text))?.[0]
    if (shape === undefined) return null
    this.#found = true
    return `${DETECTOR} (${shape}) in answer`
  }
}

/** Of an answer that a route blocks. As long as nothing of it was sent, it is answered in its place. */
export const injectionFound = (): Refusal =>
  new Refusal('injection-inbound', 403, 'The answer holds text that tries to steer the agent, and was cut.')

/** Where part of such an answer was sent, what says so at its end. Its length is then not known beforehand. */
export const CUT_MARKER = '\n[bot-bottle: egress cut this answer here, because it tries to steer the agent]\n'
