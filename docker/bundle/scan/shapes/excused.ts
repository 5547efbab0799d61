/** Fewer different letters than this is no secret: `xxxx-xxxx`, `0000_0000`. */
const FEWEST = 3
const LETTER = /[A-Za-z0-9]/

/** Anchors of AWS, whose documentation prints made-up keys with this word in them. */
const AWS = /^(?:AKIA|ASIA|aws_|AWS_|ecret|SECRET)/

/** `{"sub":"1234567890"`: the token that jwt.io shows, and all the world copies. */
const SAMPLE_CLAIMS = '.eyJzdWIiOiIxMjM0NTY3ODkwIi'

/**
 * True for what documentation prints in the place of a token. A checksum that is wrong excuses nothing, although GitHub,
 * npm and Cloudflare have one: whoever wants to smuggle a token out would only have to change its last letter.
 * @param secret what varies from token to token
 * @param whole the match, with its anchor
 */
export function excused(secret: string, whole: string): boolean {
  if (secret.length === 0) return false
  // Safe only because these have a fixed length: there is no room for the word beside a real key.
  if (AWS.test(whole) && secret.includes('EXAMPLE')) return true
  if (whole.startsWith('eyJ') && whole.includes(SAMPLE_CLAIMS)) return true
  const different = new Set<string>()
  for (const char of secret) if (LETTER.test(char) && different.add(char).size >= FEWEST) return false
  return true
}

const DEEP = 40 // letters on either side
const BASE64_BEFORE = new RegExp(`[A-Za-z0-9+/_-]{${DEEP}}$`)
const BASE64_AFTER = new RegExp(`^[A-Za-z0-9+/_-]{${DEEP}}`)

/** True for a place in the middle of a long run of base64: an image, a font, a program. */
export const deepInBase64 = (text: string, from: number, to: number): boolean =>
  BASE64_BEFORE.test(text.slice(Math.max(0, from - DEEP), from)) && BASE64_AFTER.test(text.slice(to, to + DEEP))
