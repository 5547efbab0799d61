import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { Terminal } from '@xterm/xterm'
import { type Attached, attachTerminal } from '@/app/_lib/terminal/attach'
import { clipboardRequest } from '@/app/_lib/terminal/clipboard-request'
import { TtyConnection, ttyAddress } from '@/app/_lib/terminal/connection'
import { openableLink } from '@/app/_lib/terminal/links'
import { terminalTheme, toHex } from '@/app/_lib/terminal/palette'

/** Questions and facts that the pane shows. */
export interface TerminalEvents {
  /** The program's own title: hostile plain text. */
  onTitle(title: string): void
  onLink(url: URL): void
  onCopyRequest(text: string): void
  onWriter(writer: boolean): void
  /** Whether the newest line is in view. */
  onLive(live: boolean): void
  onShown(): void
}

export interface OpenTerminal {
  terminal: Terminal
  search: SearchAddon
  attached: Attached
  setFontSize(pixels: number): void
  setTheme(dark: boolean): void
  dispose(): void
}

/** Browser tests read what is on the screen here: xterm's own buffer, `element.__terminal.buffer.active`. */
export interface TerminalElement extends HTMLDivElement {
  __terminal?: Terminal
}

/**
 * Opens a terminal in an element. The font must be there first: xterm measures its cells once, when it opens.
 * @param element empty, laid out, `font-family` resolved
 */
export async function openTerminal(
  element: TerminalElement,
  { slug, session, fontSize, dark }: { slug: string; session: string; fontSize: number; dark: boolean },
  events: TerminalEvents,
): Promise<OpenTerminal> {
  const { fontFamily } = getComputedStyle(element)
  const faces = [`${fontSize}px ${fontFamily}`, `bold ${fontSize}px ${fontFamily}`]
  // One letter and two signs: they are in fonts of their own, see globals.css.
  await Promise.all(faces.map((face) => document.fonts.load(face, 'a⏵⏺'))).catch(() => undefined)

  const openLink = (_event: MouseEvent, text: string) => {
    const url = openableLink(text)
    if (url) events.onLink(url)
  }
  const canvas = document.createElement('canvas')
  const themeOf = (isDark: boolean) => {
    const style = getComputedStyle(element)
    return terminalTheme(isDark, (property) => toHex(style.getPropertyValue(property), canvas))
  }
  const terminal = new Terminal({
    allowProposedApi: true,
    cols: 120,
    rows: 32,
    scrollback: 5000,
    fontFamily,
    fontSize,
    lineHeight: 1.2,
    fontWeightBold: 600,
    // Bold is a weight here, not another colour; every text is readable whatever a program chose.
    drawBoldTextInBrightColors: false,
    minimumContrastRatio: 4.5,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    macOptionIsMeta: true,
    rightClickSelectsWord: false,
    theme: themeOf(dark),
    linkHandler: { activate: openLink, allowNonHttpProtocols: false },
    logLevel: 'off',
  })
  const fitting = new FitAddon()
  const search = new SearchAddon({ highlightLimit: 2000 })
  for (const addon of [fitting, search, new Unicode11Addon(), new WebLinksAddon(openLink)]) terminal.loadAddon(addon)
  terminal.unicode.activeVersion = '11'
  terminal.open(element)
  element.__terminal = terminal

  let attached: Attached | undefined
  terminal.onTitleChange(events.onTitle)
  terminal.parser.registerOscHandler(52, (data) => {
    const text = attached?.isWriter() ? clipboardRequest(data) : null
    if (text !== null) events.onCopyRequest(text)
    return true
  })
  const followLive = () => {
    const { viewportY, baseY } = terminal.buffer.active
    events.onLive(viewportY >= baseY)
  }
  terminal.onScroll(followLive)
  // xterm tells of scrolling by the program only; the wheel moves the viewport's own element.
  terminal.onRender(followLive)

  attached = attachTerminal({
    terminal,
    isHidden: () => document.hidden,
    room: () => {
      const room = fitting.proposeDimensions()
      return room && room.cols >= 2 && room.rows >= 1
        ? { cols: Math.min(room.cols, 1000), rows: Math.min(room.rows, 500) }
        : undefined
    },
    onWriter: (writer) => {
      terminal.options.disableStdin = !writer
      events.onWriter(writer)
    },
    onShown: events.onShown,
    connect: (handlers) => new TtyConnection(ttyAddress(slug, session, location), handlers),
  })
  const sized = new ResizeObserver(() => attached.fit())
  sized.observe(element)
  document.addEventListener('visibilitychange', attached.visibilityChanged)
  window.addEventListener('online', attached.connection.retry)

  return {
    terminal,
    search,
    attached,
    setFontSize(pixels) {
      terminal.options.fontSize = pixels
      attached.fit()
    },
    setTheme(isDark) {
      terminal.options.theme = themeOf(isDark)
    },
    dispose() {
      sized.disconnect()
      document.removeEventListener('visibilitychange', attached.visibilityChanged)
      window.removeEventListener('online', attached.connection.retry)
      attached.dispose()
      terminal.dispose()
      delete element.__terminal
    },
  }
}
