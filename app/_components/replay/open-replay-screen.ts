import type { Cast } from '@/app/_lib/replay/cast'
import type { ReplayScreen } from '@/app/_lib/replay/cast-player'
import { terminalTheme, toHex } from '@/app/_lib/terminal/palette'

/** Pixels. Letters shrink until the recording's columns fit, but no further than one can read. */
const FONT = { least: 9, most: 14 }
/** Width of a letter of Geist Mono, in parts of its size. */
const LETTER = 0.61

/**
 * A terminal that shows and does nothing else: no keys go in, no answers come out, and its links lead nowhere, for what
 * it shows is a bottle's.
 */
export async function openReplayScreen(
  element: HTMLElement,
  { cols, rows }: Cast,
): Promise<ReplayScreen & { dispose: () => void }> {
  // xterm touches `window`, so it is loaded in the browser only.
  const { Terminal } = await import('@xterm/xterm')
  const { fontFamily } = getComputedStyle(element)
  const sizeFor = (columns: number) =>
    Math.max(FONT.least, Math.min(FONT.most, Math.floor((element.clientWidth / (columns * LETTER)) * 2) / 2))
  await Promise.all(['', 'bold '].map((weight) => document.fonts.load(`${weight}${FONT.most}px ${fontFamily}`))).catch(
    () => {},
  )

  const canvas = document.createElement('canvas')
  const theme = () => {
    const style = getComputedStyle(element)
    const dark = document.documentElement.dataset.theme === 'dark'
    return terminalTheme(dark, (property) => toHex(style.getPropertyValue(property), canvas))
  }
  const terminal = new Terminal({
    cols,
    rows,
    fontFamily,
    fontSize: sizeFor(cols),
    lineHeight: 1.2,
    fontWeightBold: 600,
    drawBoldTextInBrightColors: false,
    minimumContrastRatio: 4.5,
    scrollback: 2000,
    disableStdin: true,
    cursorBlink: false,
    theme: theme(),
    linkHandler: { activate: () => {} },
    logLevel: 'off',
  })
  terminal.open(element)
  const onTheme = new MutationObserver(() => {
    terminal.options.theme = theme()
  })
  onTheme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  const onWidth = new ResizeObserver(() => {
    terminal.options.fontSize = sizeFor(terminal.cols)
  })
  onWidth.observe(element)

  return {
    reset: () => terminal.reset(),
    resize: (nextCols, nextRows) => {
      terminal.resize(nextCols, nextRows)
      terminal.options.fontSize = sizeFor(nextCols)
    },
    write: (data) => new Promise((resolve) => terminal.write(data, resolve)),
    dispose: () => {
      onTheme.disconnect()
      onWidth.disconnect()
      terminal.dispose()
    },
  }
}
