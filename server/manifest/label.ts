import { BadInputError } from '../errors.ts'

/** Characters; the slug made from it is shorter still. */
export const MAX_LABEL = 80

/**
 * Reads a label as typed.
 *
 * @returns the label without surrounding space, null when nothing is left
 * @throws BadInputError when it is too long or holds characters that would not show as what they are
 */
export function readLabel(text: string | undefined): string | null {
  const label = text?.trim() ?? ''
  if (label === '') return null
  const length = [...label].length
  if (length > MAX_LABEL) {
    throw new BadInputError(`The label has ${length} characters; at most ${MAX_LABEL} fit. Shorten it.`)
  }
  // Control and bidirectional characters can make a label look like another bottle's.
  if (/[\p{Cc}\p{Zl}\p{Zp}\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/u.test(label)) {
    throw new BadInputError('The label holds invisible or control characters. Type it again without line breaks.')
  }
  return label
}
