import type { Terminal } from '@xterm/xterm'
import { ACK_EVERY, type TtyToPage } from '@/server/contract/tty.ts'
import type { ConnectionHandlers, TtyConnection } from './connection'

/** What an unseen page draws at most before it leaves the rest to a snapshot, bytes. */
const UNSEEN_LIMIT = 1024 * 1024

/** The part of xterm that is used here; a test gives its own. */
export type Drawing = Pick<Terminal, 'write' | 'resize' | 'onData' | 'onBinary' | 'cols' | 'rows'>

export interface AttachOptions {
  terminal: Drawing
  /** Whether nobody can see the page: browsers then let it draw once a second, or once a minute. */
  isHidden: () => boolean
  /** The size that the pane has room for. */
  room: () => { cols: number; rows: number } | undefined
  onWriter: (writer: boolean) => void
  /** The first picture is on the screen. */
  onShown?: () => void
  connect: (handlers: ConnectionHandlers) => TtyConnection
}

export interface Attached {
  connection: TtyConnection
  /** Whether this page types and sizes. */
  isWriter(): boolean
  /** Becomes the one page that types. */
  claim(): void
  /** The pane has another size. */
  fit(): void
  /** The page can be seen again, or no longer. */
  visibilityChanged(): void
  dispose(): void
}

/**
 * Shows a terminal of a bottle in an xterm: what comes is drawn in order and acknowledged when it has been drawn, what
 * is typed goes back while this page is the writer. A page that nobody sees acknowledges at once, so that it does not
 * slow the agent, and asks for a fresh picture when it is looked at.
 */
export function attachTerminal({ terminal, isHidden, room, onWriter, onShown, connect }: AttachOptions): Attached {
  let writer = false
  let size = { cols: terminal.cols, rows: terminal.rows }
  let undrawn = 0
  let unsaid = 0
  let skipping = false

  const acknowledge = (bytes: number) => {
    unsaid += bytes
    if (unsaid < ACK_EVERY) return
    connection.say({ type: 'ack', bytes: unsaid })
    unsaid = 0
  }
  const draw = (bytes: Uint8Array) => {
    const hidden = isHidden()
    if (skipping || (hidden && undrawn > UNSEEN_LIMIT)) {
      skipping = true
      acknowledge(bytes.length)
      return
    }
    const epoch = connection.epoch
    undrawn += bytes.length
    if (hidden) acknowledge(bytes.length)
    terminal.write(bytes, () => {
      undrawn -= bytes.length
      if (!hidden && epoch === connection.epoch) acknowledge(bytes.length)
    })
  }
  const setWriter = (next: boolean) => {
    writer = next
    onWriter(next)
    takeRoom()
  }
  const takeRoom = () => {
    const wanted = room()
    if (!writer || !wanted) return
    if (wanted.cols === size.cols && wanted.rows === size.rows) return
    size = wanted
    terminal.write('', () => terminal.resize(wanted.cols, wanted.rows))
    connection.say({ type: 'resize', ...wanted })
  }
  /** In turn with the bytes: those before it belong to the old size. */
  const resize = ({ cols, rows }: { cols: number; rows: number }) => {
    size = { cols, rows }
    terminal.write('', () => terminal.resize(cols, rows))
  }
  const tell = (message: TtyToPage) => {
    switch (message.type) {
      case 'hello':
        unsaid = 0
        writer = message.writer
        size = { cols: message.cols, rows: message.rows }
        onWriter(writer)
        break
      case 'snapshot':
        skipping = false
        resize(message)
        // CAN ends a sequence that the old connection left unfinished, RIS begins afresh; both in turn with the rest.
        terminal.write(`\x18\x1bc${message.data}`, onShown)
        takeRoom()
        break
      case 'size':
        // Our own wish comes back late; a newer one may be on its way.
        if (!writer) resize(message)
        break
      case 'role':
        setWriter(message.writer)
        break
    }
  }

  const connection = connect({ message: tell, bytes: draw })
  const encoder = new TextEncoder()
  const subscriptions = [
    terminal.onData((text) => {
      if (writer) connection.type(encoder.encode(text))
    }),
    // Mouse reports of old protocols are bytes, not text.
    terminal.onBinary((text) => {
      if (writer) connection.type(Uint8Array.from(text, (character) => character.charCodeAt(0)))
    }),
  ]
  return {
    connection,
    isWriter: () => writer,
    claim: () => connection.say({ type: 'claim' }),
    fit: takeRoom,
    visibilityChanged() {
      if (isHidden()) return
      connection.retry()
      if (skipping) connection.say({ type: 'sync' })
    },
    dispose() {
      for (const subscription of subscriptions) subscription.dispose()
      connection.dispose()
    },
  }
}
