/** Longest text that a program may put on the clipboard, characters. */
const LONGEST = 100_000

/**
 * What a program asks to put on the clipboard with OSC 52. Asking to *read* the clipboard (`?`) is never answered.
 * @param data the sequence's content: `<selections>;<base64>`
 * @returns the text, or null when there is nothing to ask the operator
 */
export function clipboardRequest(data: string): string | null {
  const encoded = data.slice(data.indexOf(';') + 1)
  if (!data.includes(';') || encoded === '' || encoded === '?') return null
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text === '' || text.length > LONGEST ? null : text
  } catch {
    return null
  }
}
