/** What a token of one kind looks like. */
export interface Shape {
  /** Shown to the operator and usable as a detector of its own. Several shapes may share one. */
  id: string
  /**
   * What stands in every token of this kind: the pattern is only tried where this stands. Two characters or more; after two
   * the token goes on with a letter, a digit or one of `._~-`.
   */
  anchor: string
  /** Sticky, bounded, and begins at the anchor. */
  pattern: RegExp
  /** Made of the letters of base64 alone, so that chance makes some in every few megabytes of it: not looked for deep in there. */
  chanceInBase64: boolean
}

/** `A` letters and digits, `W` also `_` and `-`, `H` and `U` small and large hexadecimal, `B` the letters of base64. */
export const A = '[A-Za-z0-9]'
export const W = '[A-Za-z0-9_-]'
export const H = '[0-9a-f]'
export const B = '[A-Za-z0-9+/]'
export const UUID = `${H}{8}-${H}{4}-${H}{4}-${H}{4}-${H}{12}`

interface Surroundings {
  /** What stands before the anchor and belongs to the token. Of bounded length. */
  lead?: string
  chanceInBase64?: boolean
}

/**
 * @param anchor literal
 * @param rest what follows it, as a regular expression. A group `secret` at its end says that only this part is secret:
 * the rest stays when the secret is replaced, so that JSON stays JSON. No `\b` at the ends and none before the anchor:
 * a letter glued to a token must not hide it.
 */
export const shape = (
  id: string,
  anchor: string,
  rest: string,
  { lead, chanceInBase64 = false }: Surroundings = {},
): Shape => ({
  id,
  anchor,
  pattern: new RegExp(`${lead ? `(?<=(?<lead>${lead}))` : ''}${escaped(anchor)}${rest}`, 'y'),
  chanceInBase64,
})

/** One kind whose tokens begin in several ways. */
export const shapes = (id: string, anchors: readonly string[], rest: string, around: Surroundings = {}): Shape[] =>
  anchors.map((anchor) => shape(id, anchor, rest, around))

const escaped = (literal: string): string => literal.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
