/** Control characters, and those that cannot be seen or that turn the direction of writing. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is being looked for
  /[\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb]/g

/**
 * What somebody else wrote, as it would be written in a program: nothing in it hides or moves the words around it, and
 * two texts that differ look different. Longer than `most` it is cut, and says so.
 */
export function visibleText(text: string, most = Number.POSITIVE_INFINITY): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text
  return cut.replace(UNSEEN, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
