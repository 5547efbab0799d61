/** More lines than this are worth a question even where the program knows a paste from typing. */
const MANY_LINES = 20

/**
 * Text from the clipboard as it may go to a program: tabs, line ends and printable characters. Without this a copied
 * text could end the bracket that tells a paste from typing, and go on as if it were typed.
 */
export const cleanPaste = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  text.replace(/\r\n/g, '\n').replace(/[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f]/g, '')

/**
 * Whether to ask before pasting.
 * @param bracketed whether the program told that it knows a paste from typing; a shell that does not would run each line
 * @returns how many lines there are, or null when there is nothing to ask
 */
export function linesToConfirm(text: string, bracketed: boolean): number | null {
  const lines = text.replace(/[\r\n]+$/, '').split(/\r\n|\r|\n/).length
  const runs = !bracketed && /[\r\n]/.test(text)
  return runs || lines > MANY_LINES ? lines : null
}
