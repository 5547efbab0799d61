import type { Terminal } from '@xterm/headless'

/**
 * The parts of xterm 6.0.0 that no public interface shows and the serialize add-on leaves out (it reads `_core` too).
 * Only this file knows them; `screen.test.ts` fails if a new version of xterm moves them.
 */
interface Core {
  coreService: {
    isCursorHidden: boolean
    decPrivateModes: { cursorStyle?: 'block' | 'underline' | 'bar'; cursorBlink?: boolean }
  }
  coreMouseService: { activeEncoding: string }
  _charsetService: { glevel: number; _charsets: readonly (Record<string, string> | undefined)[] }
  _bufferService: { buffer: { scrollTop: number; scrollBottom: number } }
  _inputHandler: { _parser: { currentState: number }; _utf8Decoder: { interim: Uint8Array } }
}

const coreOf = (terminal: Terminal): Core => (terminal as unknown as { _core: Core })._core

/** Whether the next byte is an ordinary one: outside of any sequence, between characters, the whole screen scrolling. */
export function isAtRest(terminal: Terminal): boolean {
  const { _inputHandler: input } = coreOf(terminal)
  return input._parser.currentState === 0 && input._utf8Decoder.interim[0] === 0 && scrollRegion(terminal) === null
}

function scrollRegion(terminal: Terminal): { top: number; bottom: number } | null {
  const { scrollTop: top, scrollBottom: bottom } = coreOf(terminal)._bufferService.buffer
  return top === 0 && bottom === terminal.rows - 1 ? null : { top, bottom }
}

const MOUSE = { none: '', x10: '\x1b[?9h', vt200: '\x1b[?1000h', drag: '\x1b[?1002h', any: '\x1b[?1003h' }
const STYLES = ['block', 'underline', 'bar']

/**
 * The sequences that bring a fresh terminal, whose content is restored already, into the modes of this one.
 * @param title the window's title, plain text
 */
export function restoreModes(terminal: Terminal, title: string): string {
  const { modes } = terminal
  const core = coreOf(terminal)
  const parts = [cursorPlace(terminal)]
  const when = (set: boolean, sequence: string) => set && parts.push(sequence)
  when(modes.applicationCursorKeysMode, '\x1b[?1h')
  when(modes.applicationKeypadMode, '\x1b[?66h')
  when(modes.bracketedPasteMode, '\x1b[?2004h')
  when(modes.insertMode, '\x1b[4h')
  when(terminal.options.convertEol === true, '\x1b[20h')
  when(modes.reverseWraparoundMode, '\x1b[?45h')
  when(modes.sendFocusMode, '\x1b[?1004h')
  when(!modes.wraparoundMode, '\x1b[?7l')
  parts.push(MOUSE[modes.mouseTrackingMode])
  when(core.coreMouseService.activeEncoding === 'SGR', '\x1b[?1006h')
  when(core.coreMouseService.activeEncoding === 'SGR_PIXELS', '\x1b[?1016h')
  const { cursorStyle, cursorBlink } = core.coreService.decPrivateModes
  if (cursorStyle) parts.push(`\x1b[${STYLES.indexOf(cursorStyle) * 2 + (cursorBlink ? 1 : 2)} q`)
  when(core.coreService.isCursorHidden, '\x1b[?25l')
  parts.push(charsets(core))
  if (title !== '') parts.push(`\x1b]2;${title}\x07`)
  return parts.join('')
}

/** Setting a scroll region or origin mode sends the cursor home, so its place is said again after them. */
function cursorPlace(terminal: Terminal): string {
  const region = scrollRegion(terminal)
  const origin = terminal.modes.originMode
  if (region === null && !origin) return ''
  const { cursorX, cursorY } = terminal.buffer.active
  const row = cursorY - (origin ? (region?.top ?? 0) : 0)
  const set = region === null ? '' : `\x1b[${region.top + 1};${region.bottom + 1}r`
  return `${set}${origin ? '\x1b[?6h' : ''}\x1b[${row + 1};${cursorX + 1}H`
}

/** Only the line-drawing set is in use in the wild. */
function charsets({ _charsetService: { _charsets, glevel } }: Core): string {
  const drawing = (g: number) => _charsets[g]?.q === '─'
  return `${drawing(0) ? '\x1b(0' : ''}${drawing(1) ? '\x1b)0' : ''}${glevel === 1 ? '\x0e' : ''}`
}
