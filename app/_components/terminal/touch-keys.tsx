const KEYS: readonly (readonly [label: string, keys: string, spoken: string])[] = [
  ['Esc', '\x1b', 'Escape'],
  ['Tab', '\t', 'Tab'],
  ['⇧Tab', '\x1b[Z', 'Shift Tab'],
  ['^C', '\x03', 'Control C'],
  ['^D', '\x04', 'Control D'],
  ['←', '\x1b[D', 'Left'],
  ['↑', '\x1b[A', 'Up'],
  ['↓', '\x1b[B', 'Down'],
  ['→', '\x1b[C', 'Right'],
  ['↵', '\r', 'Enter'],
]

interface TouchKeysProps {
  /** Whether the program asked for the other form of the arrows (DECCKM). */
  applicationKeys: () => boolean
  onKeys: (keys: string) => void
}

const isArrow = (keys: string) => keys.length === 3 && 'ABCD'.includes(keys[2]!)

/** Keys that the keyboard of a phone does not have. */
export function TouchKeys({ applicationKeys, onKeys }: TouchKeysProps) {
  return (
    <div role="toolbar" aria-label="Keys" className="hidden overflow-x-auto border-t bg-sunken pointer-coarse:flex">
      {KEYS.map(([label, keys, spoken]) => (
        <button
          key={label}
          type="button"
          aria-label={spoken}
          // The terminal keeps the focus, and with it the phone's keyboard.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onKeys(isArrow(keys) && applicationKeys() ? `\x1bO${keys[2]}` : keys)}
          className="h-11 min-w-11 flex-1 font-mono text-data text-muted active:bg-hover"
        >
          {label}
        </button>
      ))}
    </div>
  )
}
