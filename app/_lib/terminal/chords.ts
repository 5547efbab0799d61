export type TerminalAction = 'copy' | 'paste' | 'search' | 'larger' | 'smaller' | 'live' | 'leave'

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

const ACTIONS: Readonly<Record<string, TerminalAction>> = {
  c: 'copy',
  v: 'paste',
  f: 'search',
  '+': 'larger',
  '=': 'larger',
  _: 'smaller',
  '-': 'smaller',
  end: 'live',
  l: 'leave',
}

/** What the terminal does at a chord. All of them hold Ctrl (or Cmd) and Shift; every other key is the program's. */
export const actionOf = (press: Press): TerminalAction | null =>
  isOurs(press) ? (ACTIONS[press.key.toLowerCase()] ?? null) : null

/** Whether a press is the page's: a letter or sign with Ctrl or Cmd and Shift. Arrows and the like stay the program's. */
export const isOurs = ({ key, ctrlKey, metaKey, shiftKey, altKey }: Press): boolean =>
  (ctrlKey || metaKey) && shiftKey && !altKey && (key.length === 1 || key === 'End')

/** Whether a press means something to the program: anything but a chord of ours, or a modifier on its own. */
export const isTyped = (press: Press): boolean =>
  !isOurs(press) && !['Control', 'Shift', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'NumLock'].includes(press.key)
