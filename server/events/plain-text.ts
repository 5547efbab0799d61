/*
 * Text from a bottle is hostile: printed by `curl` or `less`, a control sequence in it would act on the operator's own
 * terminal (move the cursor over earlier lines, set the title, write the clipboard). What counts as a sequence is
 * taken from ECMA-48 and xterm's ctlseqs (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
 */

/** Ended strings (OSC, DCS, SOS, PM, APC), CSI, two-character escapes, then whatever control characters are left. */
const SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  /(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\n\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g

/** Colours and type styles: the only sequences that change nothing but the looks of what follows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const STYLE = /^\x1b\[[0-9;:]*m$/

/** Characters that reorder what is seen, so that a line can read differently from what it says (CVE-2021-42574). */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Without control sequences and characters; `\n` and `\t` stay, bidi controls are written out as `\u202e`. */
export const plainText = (text: string): string => text.replace(SEQUENCES, '').replace(BIDI, writtenOut)

/** As {@link plainText}, but colours and styles stay. Lines are closed with a reset by whoever joins them. */
export const colouredText = (text: string): string =>
  text.replace(SEQUENCES, (found) => (STYLE.test(found) ? found : '')).replace(BIDI, writtenOut)

const writtenOut = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
