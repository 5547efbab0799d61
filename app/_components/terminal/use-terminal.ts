import { useTheme } from 'next-themes'
import { type RefObject, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { loadAgain } from '@/app/_lib/load-again'
import { type ConnectionState, FIRST } from '@/app/_lib/terminal/connection-state'
import { linesToConfirm } from '@/app/_lib/terminal/paste'
import type { OpenTerminal, TerminalElement } from './open-terminal'

/** Something the operator is asked before it happens. */
export type Question =
  | { kind: 'paste'; text: string; lines: number }
  | { kind: 'link'; url: URL }
  | { kind: 'clipboard'; text: string }

export interface TerminalView {
  element: RefObject<TerminalElement | null>
  open: OpenTerminal | null
  connection: ConnectionState
  writer: boolean
  live: boolean
  /** The first picture is there. */
  shown: boolean
  question: Question | null
  ask: (question: Question | null) => void
  /** Pastes, or asks first. */
  paste: (text: string) => void
}

/** Opens the terminal of a session in an element and keeps it until either changes. */
export function useTerminal({
  slug,
  session,
  fontSize,
  onTitle,
}: {
  slug: string
  session: string
  fontSize: number
  onTitle?: (title: string) => void
}): TerminalView {
  const element = useRef<TerminalElement>(null)
  const [open, setOpen] = useState<OpenTerminal | null>(null)
  const [writer, setWriter] = useState(true)
  const [live, setLive] = useState(true)
  const [shown, setShown] = useState(false)
  const [question, ask] = useState<Question | null>(null)
  const dark = useTheme().resolvedTheme !== 'light'
  // What may change without opening another terminal.
  const latest = useRef({ fontSize, dark, onTitle })
  latest.current = { fontSize, dark, onTitle }

  useEffect(() => {
    const place = element.current
    if (!place) return
    let opened: OpenTerminal | undefined
    let gone = false
    setShown(false)
    const { fontSize: size, dark: isDark } = latest.current
    // xterm touches `window` as soon as it is imported, so it is not part of what the server renders.
    void loadAgain(() => import('./open-terminal'))
      .then(({ openTerminal }) =>
        gone
          ? undefined
          : openTerminal(
              place,
              { slug, session, fontSize: size, dark: isDark },
              {
                onTitle: (title) => latest.current.onTitle?.(title),
                onLink: (url) => ask({ kind: 'link', url }),
                onCopyRequest: (text) => ask({ kind: 'clipboard', text }),
                onWriter: setWriter,
                onLive: setLive,
                onShown: () => setShown(true),
              },
            ),
      )
      .then((result) => {
        opened = result
        if (gone) result?.dispose()
        else if (result) setOpen(result)
      })
    return () => {
      gone = true
      opened?.dispose()
      setOpen(null)
    }
  }, [slug, session])

  useEffect(() => open?.setFontSize(fontSize), [open, fontSize])
  // The tokens change with an attribute on <html>, which next-themes sets before this runs.
  useEffect(() => open?.setTheme(dark), [open, dark])

  const connection = useSyncExternalStore(
    useCallback((listener) => open?.attached.connection.subscribe(listener) ?? (() => undefined), [open]),
    () => open?.attached.connection.state() ?? FIRST,
    () => FIRST,
  )
  const paste = useCallback(
    (text: string) => {
      if (!open || text === '') return
      const lines = linesToConfirm(text, open.terminal.modes.bracketedPasteMode)
      if (lines === null) open.terminal.paste(text)
      else ask({ kind: 'paste', text, lines })
    },
    [open],
  )
  return { element, open, connection, writer, live, shown, question, ask, paste }
}
