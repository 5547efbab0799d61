import type { ITheme } from '@xterm/xterm'

/**
 * The sixteen colours for each theme, from 0 (black) to 15 (bright white). As text they hold 4.5:1 on the theme's
 * canvas, which `palette.test.ts` computes; the exceptions are those that programs use behind text (black on dark, the
 * whites on light). Where they are used as text all the same, xterm's `minimumContrastRatio` moves them.
 */
export const ANSI = {
  dark: [
    ...['#2b322f', '#f2857c', '#6fc79a', '#dcb35c', '#84b1f0', '#d09be8', '#63c5cf', '#d3d9d6'],
    ...['#8b948f', '#ff9f96', '#8bdfb2', '#f0cb7b', '#a5c8ff', '#e2b6f7', '#84dde6', '#f3f6f4'],
  ],
  light: [
    ...['#1c2421', '#b3261e', '#176b42', '#7a5600', '#1d57b3', '#8a2f9e', '#0b6671', '#d5dbd8'],
    ...['#5b6661', '#9c1c16', '#0f5a36', '#664700', '#164796', '#742486', '#085660', '#ffffff'],
  ],
} as const

/** Which of them are for what stands behind text. */
export const BEHIND_TEXT = { dark: [0], light: [7, 15] } as const

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const

/** @param hex gives a custom property of the page, such as `--canvas`, as `#rrggbb` */
export function terminalTheme(dark: boolean, hex: (property: string) => string): ITheme {
  const ansi = ANSI[dark ? 'dark' : 'light']
  const theme: Record<string, string> = {
    background: hex('--canvas'),
    foreground: hex('--ink'),
    cursor: hex('--accent'),
    cursorAccent: hex('--canvas'),
    selectionBackground: `${hex('--accent')}55`,
    selectionInactiveBackground: `${hex('--accent')}33`,
    scrollbarSliderBackground: `${hex('--dim')}55`,
    scrollbarSliderHoverBackground: `${hex('--dim')}99`,
    scrollbarSliderActiveBackground: `${hex('--dim')}bb`,
  }
  for (const [index, name] of NAMES.entries()) {
    theme[name] = ansi[index]!
    theme[`bright${name[0]!.toUpperCase()}${name.slice(1)}`] = ansi[index + 8]!
  }
  return theme
}

/**
 * Any colour of CSS as `#rrggbb`. xterm parses hex and rgb only, our tokens are OKLCH; the browser converts them.
 */
export function toHex(color: string, canvas: HTMLCanvasElement): string {
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) return '#808080'
  context.fillStyle = color
  context.fillRect(0, 0, 1, 1)
  const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data
  return `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`
}
