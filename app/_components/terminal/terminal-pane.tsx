'use client'

import { useEffect, useRef, useState } from 'react'
import { cn } from '@/app/_lib/cn'
import { copyText } from '@/app/_lib/copy-text'
import { actionOf, isOurs, isTyped, type TerminalAction } from '@/app/_lib/terminal/chords'
import { cleanPaste } from '@/app/_lib/terminal/paste'
import { SearchBar } from './search-bar'
import { TerminalNotice } from './terminal-notice'
import { TerminalQuestion } from './terminal-question'
import { TerminalTools } from './terminal-tools'
import { TouchKeys } from './touch-keys'
import { useFontSize } from './use-font-size'
import { useTerminal } from './use-terminal'

interface TerminalPaneProps {
  slug: string
  /** `agent`, or the id of a shell. */
  session: string
  /** The program's title: hostile plain text, never markup. */
  onTitle?: (title: string) => void
  /** Called once, when the program has ended; `code` null when it cannot be told. */
  onExit?: (code: number | null) => void
  /** Takes the keyboard as soon as it is open. */
  autoFocus?: boolean
  className?: string
}

/**
 * A terminal of a bottle, as tall as its parent. Every key is the program's but chords with Ctrl (Cmd) and Shift:
 * C copy, V paste, F search, + and − size, End back to live, L out of the terminal for those without a mouse.
 */
export function TerminalPane({ slug, session, onTitle, onExit, autoFocus, className }: TerminalPaneProps) {
  const [fontSize, changeFontSize] = useFontSize()
  const [searching, setSearching] = useState(false)
  const [lost, setLost] = useState(false)
  const tools = useRef<HTMLDivElement>(null)
  const view = useTerminal({ slug, session, fontSize, ...(onTitle && { onTitle }) })
  const { element, open, connection, writer, live, shown, paste } = view
  const terminal = open?.terminal

  const act = (action: TerminalAction) => {
    if (action === 'copy' && terminal?.hasSelection()) void copyText(terminal.getSelection())
    if (action === 'search') setSearching(true)
    if (action === 'larger') changeFontSize(1)
    if (action === 'smaller') changeFontSize(-1)
    if (action === 'live') terminal?.scrollToBottom()
    if (action === 'leave') tools.current?.querySelector('button')?.focus()
  }
  const latest = useRef(act)
  latest.current = act
  const takesKeys = writer && connection.phase === 'open'
  /** What was typed where nobody takes it must not vanish without a word. */
  const typed = () => setLost(!takesKeys)
  const latestTyped = useRef(typed)
  latestTyped.current = typed
  useEffect(() => {
    if (takesKeys) setLost(false)
  }, [takesKeys])

  useEffect(() => {
    if (!open) return
    open.terminal.attachCustomKeyEventHandler((event) => {
      const action = actionOf(event)
      // The browser's own paste brings the text without asking for the clipboard, so that key is left to it.
      if (event.type === 'keydown' && action !== null && action !== 'paste') {
        event.preventDefault()
        latest.current(action)
      }
      if (event.type === 'keydown' && isTyped(event)) latestTyped.current()
      return !isOurs(event)
    })
    if (autoFocus) open.terminal.focus()
  }, [open, autoFocus])

  useEffect(() => {
    if (connection.phase === 'ended') onExit?.(connection.code)
  }, [connection, onExit])

  // xterm would paste as it is; ours is cleaned and may ask first.
  useEffect(() => {
    const place = element.current
    const take = (event: ClipboardEvent) => {
      event.preventDefault()
      event.stopPropagation()
      latestTyped.current()
      paste(cleanPaste(event.clipboardData?.getData('text/plain') ?? ''))
    }
    place?.addEventListener('paste', take, { capture: true })
    return () => place?.removeEventListener('paste', take, { capture: true })
  }, [element, paste])

  const away = connection.phase === 'waiting' || connection.phase === 'connecting'
  const name = session === 'agent' ? `Terminal of ${slug}` : `Shell in ${slug}`
  return (
    <section
      aria-label={`${name}. Ctrl+Shift+L leaves it.`}
      data-terminal
      data-phase={connection.phase}
      data-shown={shown || undefined}
      data-writer={writer || undefined}
      className={cn('group/terminal relative flex h-full min-h-0 min-w-0 flex-col bg-canvas', className)}
    >
      <TerminalNotice
        connection={connection}
        writer={writer}
        lost={lost}
        isShell={session !== 'agent'}
        onRetry={() => open?.attached.connection.retry()}
        onClaim={() => {
          open?.attached.claim()
          terminal?.focus()
        }}
      />
      {searching && open && (
        <SearchBar
          search={open.search}
          onClose={() => {
            setSearching(false)
            open.terminal.focus()
          }}
        />
      )}
      <div className="relative min-h-0 flex-1 overflow-auto p-2">
        <div
          ref={element}
          className={cn('size-full font-mono transition-opacity duration-120', shown && away && 'opacity-50')}
        />
        {!shown && (
          <p className="absolute top-2 left-2 font-mono text-dim text-log">Opening the terminal of {slug} …</p>
        )}
        <TerminalTools ref={tools} onAction={act} />
        {!live && (
          <button
            type="button"
            onClick={() => act('live')}
            className="absolute right-5 bottom-4 rounded-full border border-line-strong bg-raised px-3 py-1 text-caption text-ink shadow-float hover:bg-hover"
          >
            Back to live ↓
          </button>
        )}
      </div>
      <TouchKeys
        applicationKeys={() => terminal?.modes.applicationCursorKeysMode ?? false}
        onKeys={(keys) => {
          typed()
          terminal?.input(keys)
          terminal?.focus()
        }}
      />
      <TerminalQuestion
        question={view.question}
        onClose={() => {
          view.ask(null)
          terminal?.focus()
        }}
        onPaste={(text) => terminal?.paste(text)}
      />
    </section>
  )
}
