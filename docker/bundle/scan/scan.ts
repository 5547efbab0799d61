import { Refusal } from '../egress/refusal.ts'
import type { Finding, Outbound, Verdict } from '../egress/scanning.ts'
import { Budget } from './budget.ts'
import { looksRandom } from './entropy.ts'
import { decoded, UnreadableError } from './inflate.ts'
import type { KnownValues } from './known-values.ts'
import { redactShapes, shapesIn } from './shapes.ts'
import { viewsOf } from './views.ts'

const REPLACEMENT = '[redacted-by-bot-bottle]'

/** Thrown where no more than some budget may be spent, so that the scan can be made where there is time. */
export class OverBudgetError extends Error {}

/**
 * All that may be found in one text: known values by name, shapes by id.
 * @param text bytes, or latin1
 * @param detectors `known_secrets`, `token_patterns`, `high_entropy`, or ids of single shapes; empty for the first two
 */
export function findingsIn(
  text: Buffer | string,
  known: KnownValues,
  detectors: readonly string[],
  budget?: Budget,
): Set<string> {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text
  const found = new Set<string>()
  const wanted = readDetectors(detectors)
  for (const view of viewsOf(bytes, budget ?? Budget.ample(bytes))) {
    if (wanted.known) {
      for (const name of known.findIn(view)) found.add(name)
      for (const name of known.findSqueezed(view)) found.add(name)
    }
    for (const id of shapesIn(view, wanted.shapes)) found.add(id)
  }
  if (budget?.isSpent) throw new OverBudgetError()
  if (wanted.entropy && looksRandom(bytes)) found.add('high_entropy')
  return found
}

interface Wanted {
  known: boolean
  entropy: boolean
  /** Ids of shapes; null for all of them. */
  shapes: readonly string[] | null
}

function readDetectors(detectors: readonly string[]): Wanted {
  const all = detectors.length === 0
  return {
    known: all || detectors.includes('known_secrets'),
    entropy: detectors.includes('high_entropy'),
    shapes: all || detectors.includes('token_patterns') ? null : detectors,
  }
}

/**
 * Judges one outgoing request. Every part is looked at: host, path, query, names and values of headers, body.
 * @param budget what all of it may unfold to; absent: ample
 * @throws Refusal `encoding` when the body cannot be looked into
 * @throws OverBudgetError
 */
export function scanOutbound(
  request: Outbound,
  known: KnownValues,
  detectors: readonly string[],
  redact: boolean,
  budget?: Budget,
): Verdict {
  const findings = findingsOf(request, known, detectors, budget)
  if (findings.length === 0 || !redact || request.encoding) return { findings }
  const wanted = readDetectors(detectors)
  const clean = (text: string) =>
    redactShapes(wanted.known ? known.redact(text, REPLACEMENT) : text, wanted.shapes, REPLACEMENT)
  const redacted = {
    path: clean(request.path),
    query: clean(request.query),
    headers: request.headers.map((part, i) => (i % 2 === 0 ? part : clean(part))),
    body: request.body && Buffer.from(clean(request.body.toString('latin1')), 'latin1'),
  }
  // What redaction did not reach (a value in pieces, or wrapped twice) must not pass as cleaned.
  return findingsOf({ ...request, ...redacted }, known, detectors, budget).length === 0
    ? { findings, redacted }
    : { findings }
}

function findingsOf(
  request: Outbound,
  known: KnownValues,
  detectors: readonly string[],
  budget: Budget | undefined,
): Finding[] {
  const { host, path, query } = request
  let header = ''
  for (let i = 0; i < request.headers.length; i += 2) header += `${request.headers[i]}: ${request.headers[i + 1]}\n`
  const findings: Finding[] = []
  // As a rule nothing is found, and one look at all of them costs half of four. It also sees what is spread over several.
  const left = findingsIn(`${host}\n${path}\n${query}\n${header}`, known, detectors, budget)
  const parts = left.size === 0 ? [] : Object.entries({ host, path, query, header })
  for (const [where, text] of parts) {
    for (const detector of findingsIn(text, known, detectors, budget)) {
      findings.push({ detector, where: where as Finding['where'] })
      left.delete(detector)
    }
  }
  for (const detector of left) findings.push({ detector, where: 'header' })
  if (request.body) {
    const body = readable(request.body, request.encoding)
    for (const detector of findingsIn(body, known, detectors, budget)) findings.push({ detector, where: 'body' })
  }
  return findings
}

function readable(body: Buffer, encoding: string | null): Buffer {
  try {
    return decoded(body, encoding)
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error
    throw new Refusal('encoding', 403, `The body cannot be scanned: ${error.message}.`)
  }
}
