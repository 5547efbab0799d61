/**
 * Keys by name: `n`, `?`, `mod+k`, `mod+enter`, `shift+j`, `escape`. `mod` is Cmd on a Mac and Ctrl elsewhere.
 * Pure, so that what fires and what does not is told by tests.
 */

export interface KeyPress {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
}

const NAMES: Readonly<Record<string, string>> = {
  ' ': 'space',
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  Esc: 'escape',
}

/** The name of a press; shift is named only where it does not already change the sign (`?`, not `shift+?`). */
export function keyName(press: KeyPress): string {
  const key = (NAMES[press.key] ?? press.key).toLowerCase()
  const sign = key.length === 1 && !/[a-z0-9]/.test(key)
  return [
    press.ctrlKey || press.metaKey ? 'mod+' : '',
    press.altKey ? 'alt+' : '',
    press.shiftKey && !sign ? 'shift+' : '',
    key,
  ].join('')
}

/** True where a key press belongs to what has the focus: a field, an editor, a terminal, an open menu. */
export function belongsToFocus(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  return (
    target.closest(
      'input, textarea, select, [contenteditable=""], [contenteditable="true"], .xterm, [data-terminal], [role="menu"], [role="listbox"], [role="dialog"], [role="alertdialog"]',
    ) !== null
  )
}

/**
 * Whether a binding fires for a press at a target. Plain keys do not fire where the press belongs to the focus; chords
 * with `mod` do, except in a terminal, where only `mod+shift` chords are ours.
 */
export function fires(binding: string, press: KeyPress, target: EventTarget | null): boolean {
  if (keyName(press) !== binding) return false
  const inTerminal = target instanceof Element && target.closest('.xterm, [data-terminal]') !== null
  if (inTerminal) return binding.startsWith('mod+shift+')
  return binding.startsWith('mod+') || !belongsToFocus(target)
}

const CAPS: Readonly<Record<string, string>> = {
  enter: '↵',
  escape: 'Esc',
  space: 'Space',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
}

/** What is written on the keys: `mod+k` → `⌘`, `K` on a Mac, `Ctrl`, `K` elsewhere. */
export function keyCaps(binding: string, mac: boolean): string[] {
  return binding.split('+').map((part) => {
    if (part === 'mod') return mac ? '⌘' : 'Ctrl'
    if (part === 'alt') return mac ? '⌥' : 'Alt'
    if (part === 'shift') return mac ? '⇧' : 'Shift'
    return CAPS[part] ?? (part.length === 1 ? part.toUpperCase() : part)
  })
}
