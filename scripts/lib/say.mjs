const colours = process.stdout.isTTY && !process.env.NO_COLOR
const paint = (/** @type {number} */ code, /** @type {string} */ text) =>
  colours ? `\u001b[${code}m${text}\u001b[0m` : text

/** What is being done now. */
export const say = (/** @type {string} */ text) => console.log(`${paint(32, '▸')} ${text}`)

/** Something the reader should know or do; nothing stops because of it. */
export const warn = (/** @type {string} */ text) => console.log(`${paint(33, '!')} ${text}`)

/** Why it ends here. */
export const complain = (/** @type {string} */ text) => console.error(`${paint(31, '✗')} ${text}`)

export const bold = (/** @type {string} */ text) => paint(1, text)
export const red = (/** @type {string} */ text) => paint(31, text)
export const green = (/** @type {string} */ text) => paint(32, text)
export const grey = (/** @type {string} */ text) => paint(90, text)

/** `0.4 s`, `12 s`, `3 min 20 s` */
export function duration(/** @type {number} */ ms) {
  const seconds = ms / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}
