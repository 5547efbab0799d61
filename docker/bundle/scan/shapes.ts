import { CLOUD_SHAPES } from './shapes/cloud-shapes.ts'
import { CODE_SHAPES } from './shapes/code-shapes.ts'
import { deepInBase64, excused } from './shapes/excused.ts'
import { findAnchors } from './shapes/find-anchors.ts'
import { KEY_SHAPES } from './shapes/key-shapes.ts'
import { MODEL_SHAPES } from './shapes/model-shapes.ts'
import { SERVICE_SHAPES } from './shapes/service-shapes.ts'
import type { Shape } from './shapes/shape.ts'

export type { Shape } from './shapes/shape.ts'

/**
 * Shapes of tokens that providers give out: prefixes, alphabets and lengths as the providers document them; where they do
 * not, as the rules of gitleaks (MIT) and secretlint (MIT) observe them. The patterns are our own.
 */
export const SHAPES: readonly Shape[] = [
  ...MODEL_SHAPES,
  ...CODE_SHAPES,
  ...CLOUD_SHAPES,
  ...SERVICE_SHAPES,
  ...KEY_SHAPES,
]

const anchors = findAnchors(SHAPES)

/** @returns ids of the shapes that stand in a text. @param only ids to look for; null for all */
export function shapesIn(source: Buffer | string, only: readonly string[] | null): Set<string> {
  const ids = new Set<string>()
  // Many texts hold no anchor, and need not be made a string.
  let text = typeof source === 'string' ? source : null
  anchors(typeof source === 'string' ? Buffer.from(source, 'latin1') : source, (shape, at) => {
    if (ids.has(shape.id) || (only && !only.includes(shape.id))) return
    text ??= source.toString('latin1')
    if (secretAt(text, shape, at)) ids.add(shape.id)
  })
  return ids
}

/** Replaces what is secret in every shape that stands in a text. */
export function redactShapes(text: string, only: readonly string[] | null, replacement: string): string {
  const secrets: Span[] = []
  // Characters beyond latin1 may look like others; the pattern looks again.
  anchors(Buffer.from(text, 'latin1'), (shape, at) => {
    if (only && !only.includes(shape.id)) return
    const secret = secretAt(text, shape, at)
    if (secret) secrets.push(secret)
  })
  if (secrets.length === 0) return text
  secrets.sort((a, b) => a.from - b.from)
  let left = ''
  let done = 0
  for (const { from, to } of secrets) {
    if (to <= done) continue
    // What overlaps the one before is part of the same replacement.
    left += from >= done ? text.slice(done, from) + replacement : ''
    done = to
  }
  return left + text.slice(done)
}

/** Positions in a text, the end not included. */
interface Span {
  from: number
  to: number
}

function secretAt(text: string, { pattern, anchor, chanceInBase64 }: Shape, at: number): Span | null {
  pattern.lastIndex = at
  const match = pattern.exec(text)
  if (!match) return null
  const { lead, secret } = match.groups ?? {}
  const to = at + match[0].length
  if (chanceInBase64 && deepInBase64(text, at, to)) return null
  if (excused(secret ?? (lead ?? '') + match[0].slice(anchor.length), text.slice(at, to))) return null
  return { from: secret === undefined ? at - (lead?.length ?? 0) : to - secret.length, to }
}
