/**
 * A colour of a log line: one of the theme's sixteen, or an exact one.
 * Exact ones are drawn with their lightness moved into what the theme can read (see `cssColor`).
 */
export type AnsiColor = { index: number } | { rgb: `${number} ${number} ${number}` }

export const rgbColor = (r: number, g: number, b: number): AnsiColor => ({ rgb: `${r} ${g} ${b}` })

/** @param index 0 to 15: the theme's; 16 to 231: a cube of 6 × 6 × 6; 232 to 255: greys (xterm's table) */
export function paletteColor(index: number): AnsiColor {
  if (index < 16) return { index }
  if (index >= 232) {
    const level = 8 + (index - 232) * 10
    return rgbColor(level, level, level)
  }
  const cube = index - 16
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40)
  return rgbColor(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6))
}

/** CSS for a letter's colour: readable on the theme's background whatever the program chose. */
export const cssColor = (color: AnsiColor): string =>
  'index' in color
    ? `var(--ansi-${color.index})`
    : `oklch(from rgb(${color.rgb}) clamp(var(--ansi-min-l), l, var(--ansi-max-l)) c h)`

/** CSS for what stands behind letters: as the program chose it. */
export const cssBackground = (color: AnsiColor): string =>
  'index' in color ? `var(--ansi-${color.index})` : `rgb(${color.rgb})`
