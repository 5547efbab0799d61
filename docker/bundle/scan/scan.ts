import { Refusal } from '../egress/refusal.ts'
import type { Finding, Outbound, Verdict } from '../egress/scanning.ts'
import { looksRandom } from './entropy.ts'
import type { KnownValues } from './known-values.ts'
import { redactShapes, shapesIn } from './shapes.ts'
import { decoded, UnreadableError, viewsOf } from './views.ts'

const REPLACEMENT = '[redacted-by-bot-bottle]'

/**
 * All that may be found in one text: known values by name, shapes by id.
 * @param text latin1
 * @param detectors `known_secrets`, `token_patterns`, `high_entropy`, or ids of single shapes; empty for the first two
 */
export function findingsIn(text: string, known: KnownValues, detectors: readonly string[]): Set<string> {
  const found = new Set<string>()
  const wanted = readDetectors(detectors)
  for (const view of viewsOf(text)) {
    if (wanted.known) {
      for (const name of known.findIn(Buffer.from(view, 'latin1'))) found.add(name)
      for (const name of known.findSqueezed(view)) found.add(name)
    }
    for (const id of shapesIn(view, wanted.shapes)) found.add(id)
  }
  if (wanted.entropy && looksRandom(text)) found.add('high_entropy')
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
 * @throws Refusal `encoding` when the body cannot be looked into
 */
export function scanOutbound(
  request: Outbound,
  known: KnownValues,
  detectors: readonly string[],
  redact: boolean,
): Verdict {
  const findings = findingsOf(request, known, detectors)
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
  return findingsOf({ ...request, ...redacted }, known, detectors).length === 0 ? { findings, redacted } : { findings }
}

function findingsOf(request: Outbound, known: KnownValues, detectors: readonly string[]): Finding[] {
  const look = (where: Finding['where'], text: string) =>
    [...findingsIn(text, known, detectors)].map((detector) => ({ detector, where }))
  const header = request.headers.map((part, i) => part + (i % 2 === 0 ? ': ' : '\n')).join('')
  return [
    ...look('host', request.host),
    ...look('path', request.path),
    ...look('query', request.query),
    ...look('header', header),
    ...(request.body ? look('body', bodyText(request.body, request.encoding)) : []),
  ]
}

function bodyText(body: Buffer, encoding: string | null): string {
  try {
    return decoded(body, encoding).toString('latin1')
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error
    throw new Refusal('encoding', 403, `The body cannot be scanned: ${error.message}.`)
  }
}
