import { describe, expect, test } from 'vitest'
import { ACK_EVERY, type TtyFromPage, type TtyToPage } from '@/server/contract/tty.ts'
import { attachTerminal, type Drawing } from './attach'
import { actionOf, isOurs, isTyped } from './chords'
import { clipboardRequest } from './clipboard-request'
import { type ConnectionHandlers, TtyConnection } from './connection'
import { FIRST, nextState, retryDelay } from './connection-state'
import { openableLink } from './links'
import { cleanPaste, linesToConfirm } from './paste'

describe('a connection', () => {
  const at = 1000
  const stateAfter = (state: Parameters<typeof nextState>[0], ...events: Parameters<typeof nextState>[1][]) =>
    events.reduce((current, event) => nextState(current, event, at, 0.5), state)

  test('waits longer after each failure, up to 15 seconds, and starts over once it was greeted', () => {
    expect([0, 1, 2, 3, 9].map((attempt) => retryDelay(attempt, 0.5))).toEqual([500, 1000, 2000, 4000, 15000])
    const dropped = stateAfter(FIRST, { type: 'hello' }, { type: 'closed', code: 1006 })
    expect(dropped).toEqual({ phase: 'waiting', attempt: 0, retryAt: 1500, reason: 'The connection dropped' })
    expect(stateAfter(dropped, { type: 'retry' }, { type: 'closed', code: 1006 })).toMatchObject({
      attempt: 1,
      retryAt: 2000,
    })
  })
  test('says that the server restarts, when it said so', () => {
    expect(stateAfter(FIRST, { type: 'closed', code: 1001 })).toMatchObject({
      phase: 'waiting',
      reason: 'The server is restarting',
    })
  })
  test('does not come back to what is over', () => {
    expect(stateAfter(FIRST, { type: 'exit', code: 3 }, { type: 'closed', code: 4410 })).toEqual({
      phase: 'ended',
      code: 3,
    })
    expect(stateAfter(FIRST, { type: 'closed', code: 4404 }).phase).toBe('gone')
    expect(stateAfter(FIRST, { type: 'closed', code: 4404 }, { type: 'retry' }, { type: 'hello' }).phase).toBe('gone')
  })
})

test('a page that watched says so when it comes back, and the one that types does not', () => {
  const opened: { address: string; socket: EventTarget }[] = []
  const connection = new TtyConnection('ws://here/tty?session=agent', { message() {}, bytes() {} }, (address) => {
    const socket = new EventTarget()
    opened.push({ address, socket })
    return Object.assign(socket, { close() {} }) as unknown as WebSocket
  })
  const told = (message: TtyToPage) =>
    opened.at(-1)!.socket.dispatchEvent(Object.assign(new Event('message'), { data: JSON.stringify(message) }))
  const comesBack = () => {
    opened.at(-1)!.socket.dispatchEvent(Object.assign(new Event('close'), { code: 1006 }))
    connection.retry()
    return opened.at(-1)!.address
  }
  const hello = { type: 'hello', cols: 80, rows: 24, session: 'agent' } as const
  told({ ...hello, writer: true })
  expect(comesBack()).toBe('ws://here/tty?session=agent')
  told({ ...hello, writer: false })
  expect(comesBack()).toBe('ws://here/tty?session=agent&watching=1')
  told({ ...hello, writer: false })
  told({ type: 'role', writer: true })
  expect(comesBack()).toBe('ws://here/tty?session=agent')
  connection.dispose()
})

/** A server's end and an xterm that draws when told to. */
function page({ hidden = false } = {}) {
  const said: TtyFromPage[] = []
  const typed: string[] = []
  const drawn: string[] = []
  const undrawn: (() => void)[] = []
  let handlers!: ConnectionHandlers
  let typing: (text: string) => void = () => {}
  const state = { hidden, room: { cols: 100, rows: 30 }, writer: false, epoch: 1 }
  const terminal: Drawing = {
    cols: 120,
    rows: 32,
    write(data, callback) {
      undrawn.push(() => {
        const text = typeof data === 'string' ? data : new TextDecoder().decode(data)
        if (text !== '') drawn.push(text)
        callback?.()
      })
    },
    resize: (cols, rows) => void drawn.push(`${cols}x${rows}`),
    onData: (listener) => {
      typing = listener
      return { dispose() {} }
    },
    onBinary: () => ({ dispose() {} }),
  }
  const connection = {
    get epoch() {
      return state.epoch
    },
    say: (message: TtyFromPage) => void said.push(message),
    type: (bytes: Uint8Array) => void typed.push(new TextDecoder().decode(bytes)),
    retry() {},
    dispose() {},
  }
  const attached = attachTerminal({
    terminal,
    isHidden: () => state.hidden,
    room: () => state.room,
    onWriter: (writer) => {
      state.writer = writer
    },
    connect: (given) => {
      handlers = given
      return connection as unknown as TtyConnection
    },
  })
  const draw = () => {
    for (const step of undrawn.splice(0)) step()
  }
  const tell = (message: TtyToPage) => handlers.message(message)
  const hello = (writer: boolean) => {
    tell({ type: 'hello', cols: 80, rows: 24, writer, session: 'agent' })
    tell({ type: 'snapshot', cols: 80, rows: 24, data: '$ ' })
  }
  const bytes = (length: number) => handlers.bytes(new Uint8Array(length).fill(120))
  const acks = () => said.flatMap((message) => (message.type === 'ack' ? [message.bytes] : []))
  return { state, said, typed, drawn, attached, draw, tell, hello, bytes, acks, typing: (text: string) => typing(text) }
}

describe('a page', () => {
  test('draws the snapshot at its own size, then takes the room it has', () => {
    const { hello, draw, drawn, said } = page()
    hello(true)
    draw()
    expect(drawn).toEqual(['80x24', '\x18\x1bc$ ', '100x30'])
    expect(said).toEqual([{ type: 'resize', cols: 100, rows: 30 }])
  })
  test('acknowledges what was drawn, not what came', () => {
    const { hello, bytes, draw, acks } = page()
    hello(true)
    bytes(ACK_EVERY - 1)
    bytes(1)
    expect(acks()).toEqual([])
    draw()
    expect(acks()).toEqual([ACK_EVERY])
  })
  test('does not acknowledge on a new connection what came on the old one', () => {
    const { hello, bytes, draw, acks, state } = page()
    hello(true)
    bytes(ACK_EVERY)
    state.epoch = 2
    hello(true)
    draw()
    expect(acks()).toEqual([])
  })
  test('that nobody sees does not slow the agent, and asks for a picture when it is looked at', () => {
    const { hello, bytes, draw, drawn, acks, state, said, attached } = page({ hidden: true })
    hello(true)
    draw()
    for (let n = 0; n < 200; n++) bytes(ACK_EVERY)
    expect(acks()).toHaveLength(200)
    state.hidden = false
    attached.visibilityChanged()
    expect(said.at(-1)).toEqual({ type: 'sync' })
    const before = drawn.length
    bytes(10)
    draw()
    expect(drawn.length - before).toBeLessThan(70)
    hello(true)
    bytes(3)
    draw()
    expect(drawn.at(-1)).toBe('xxx')
  })
  test('that only watches neither types nor sizes, and follows the size of the writer', () => {
    const { hello, typing, typed, attached, said, tell, draw, drawn } = page()
    hello(false)
    typing('x')
    attached.fit()
    tell({ type: 'size', cols: 90, rows: 20 })
    draw()
    expect([typed, said]).toEqual([[], []])
    expect(drawn.at(-1)).toBe('90x20')
  })
  test('that takes control types and sizes from then on', () => {
    const { hello, typing, typed, attached, said, tell } = page()
    hello(false)
    attached.claim()
    tell({ type: 'role', writer: true })
    typing('x')
    expect(typed).toEqual(['x'])
    expect(said).toEqual([{ type: 'claim' }, { type: 'resize', cols: 100, rows: 30 }])
  })
})

describe('a paste', () => {
  test('cannot end the bracket that tells it from typing', () => {
    expect(cleanPaste('a\x1b[201~rm -rf /\r\nb\tc\x03\u009b')).toBe('a[201~rm -rf /\nb\tc')
  })
  test('of several lines is asked about where the program would run them', () => {
    expect(linesToConfirm('one', false)).toBeNull()
    expect(linesToConfirm('one\n', false)).toBe(1)
    expect(linesToConfirm('one\ntwo', false)).toBe(2)
    expect(linesToConfirm('one\ntwo\n', true)).toBeNull()
  })
  test('of more than twenty lines is always asked about', () => {
    expect(linesToConfirm('x\n'.repeat(20), true)).toBeNull()
    expect(linesToConfirm('x\n'.repeat(21), true)).toBe(21)
  })
})

test('only web addresses without credentials are links', () => {
  expect(openableLink('https://example.org/a?b#c')?.href).toBe('https://example.org/a?b#c')
  for (const text of [
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:text/html,x',
    'ftp://x',
    'https://user:pw@evil.test',
    'nonsense',
  ])
    expect(openableLink(text)).toBeNull()
  expect(openableLink('https://аpple.com')?.host).toBe('xn--pple-43d.com')
})

test('a program may ask to fill the clipboard, never to read it', () => {
  expect(clipboardRequest(`c;${btoa('text')}`)).toBe('text')
  for (const data of [
    'c;?',
    ';?',
    'c;',
    '',
    'c;*not base64*',
    `c;${btoa('\xff\xfe')}`,
    `c;${btoa('x'.repeat(100_001))}`,
  ])
    expect(clipboardRequest(data)).toBeNull()
})

test('only chords with Ctrl or Cmd and Shift are ours', () => {
  const press = (key: string, keys: string) => ({
    key,
    ctrlKey: keys.includes('c'),
    metaKey: keys.includes('m'),
    shiftKey: keys.includes('s'),
    altKey: keys.includes('a'),
  })
  expect([actionOf(press('C', 'cs')), actionOf(press('F', 'ms')), actionOf(press('End', 'cs'))]).toEqual([
    'copy',
    'search',
    'live',
  ])
  expect([actionOf(press('c', 'c')), actionOf(press('C', 's')), actionOf(press('C', 'csa'))]).toEqual([
    null,
    null,
    null,
  ])
  expect(['a', 'Enter', 'ArrowUp'].map((key) => isTyped(press(key, '')))).toEqual([true, true, true])
  expect([isTyped(press('c', 'c')), isTyped(press('C', 'cs')), isTyped(press('Control', 'c'))]).toEqual([
    true,
    false,
    false,
  ])
  expect([isOurs(press('K', 'cs')), isOurs(press('ArrowUp', 'cs')), isOurs(press('Enter', 'cs'))]).toEqual([
    true,
    false,
    false,
  ])
})
