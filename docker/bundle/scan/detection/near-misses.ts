import type { Shape } from '../shapes.ts'

/** So few letters that no provider gives out a token of them. */
const FEW = 15

/**
 * Texts that are nearly a token, and must not be taken for one.
 * @param token in which the anchor of the shape stands
 */
export function nearMisses(token: string, { anchor, pattern }: Shape): Record<string, string> {
  const at = token.indexOf(anchor)
  const from = at + anchor.length
  const body = token.slice(from)
  const before = token.slice(0, at)
  // Where the secret stands before the anchor, what is cut and put in its place stands there.
  const led = pattern.source.startsWith('(?<=(?<lead>')
  const misses = {
    'too short': led ? token.slice(at - 3) : before + anchor + body.slice(0, FEW),
    'broken up by a letter that it cannot have': led ? broken(token) : before + anchor + broken(body),
    'nothing but its beginning': before.slice(led ? -3 : 0) + anchor,
    'dots in its place': `${led ? '' : before}${anchor}...`,
    'a name in its place': `${led ? '<' : before}${anchor}<your-token>`,
  }
  const masked = (letter: string) =>
    (led ? before.replace(/[A-Za-z0-9]/g, letter) : before) + anchor + body.replace(/[A-Za-z0-9+/]/g, letter)
  return {
    ...misses,
    'XXXX in its place': masked('X'),
    'xxxx in its place': masked('x'),
    'zeros in its place': masked('0'),
  }
}

const broken = (text: string): string => text.replace(/.{4}/g, '$&!')
