import { describe, expect, test } from 'vitest'
import { HIGH_WATER, TTY_CLOSE } from '../contract/tty.ts'
import { ScriptedPage } from './testing.ts'
import { flood, openSession, SIZE, turn } from './testing-session.ts'

/** A snapshot without its sequences and line ends. */
const plain = (data: string): string =>
  data
    .split('\x1b')
    .map((part, n) => (n === 0 ? part : part.replace(/^\[[0-9;?]*[A-Za-z]/, '')))
    .join('')
    .replace(/\s/g, '')

describe('a page', () => {
  test('is greeted, sees the screen, then what follows', async () => {
    const { tty, show } = openSession()
    tty.prints('before\r\n')
    await turn()
    const page = await show()
    expect(page.messages[0]).toEqual({ type: 'hello', ...SIZE, writer: true, session: 'agent' })
    expect(page.last('snapshot')?.data).toContain('before')
    tty.prints('after')
    await page.until(() => page.text === 'after')
  })
  test('never gets a byte twice or misses one, whenever it opens', async () => {
    const { tty, show } = openSession()
    const pages: ScriptedPage[] = []
    for (let n = 0; n < 200; n++) {
      tty.prints(`<${n}>`)
      if (n % 20 === 7) pages.push(await show())
      if (n % 3 === 0) await turn()
    }
    for (const page of pages) await page.until(() => page.text.endsWith('<199>'))
    const all = Array.from({ length: 200 }, (_, n) => `<${n}>`).join('')
    for (const page of pages) {
      const seen = plain(page.last('snapshot')!.data) + page.text
      expect(seen).toBe(all)
    }
  })
  test('that breaks the protocol is closed', async () => {
    const { show } = openSession()
    for (const frame of [
      '',
      '{',
      '[]',
      'null',
      '{"type":"resize","cols":1e9,"rows":1}',
      '{"type":"ack","bytes":-1}',
      '\u0000',
    ]) {
      const page = await show()
      page.emit('message', Buffer.from(frame), false)
      expect(page.closed?.code).toBe(TTY_CLOSE.protocol)
      page.leaves()
    }
  })
  test('that acknowledges more than it got gains nothing by it', async () => {
    const bottle = openSession()
    const { show } = bottle
    const page = await show()
    page.says({ type: 'ack', bytes: Number.MAX_SAFE_INTEGER })
    expect(await flood(bottle, 4 * HIGH_WATER)).toBeLessThan(4 * HIGH_WATER)
  })
})

describe('the end', () => {
  test('comes after the last bytes, with the exit code', async () => {
    const { tty, session, show } = openSession()
    const page = await show()
    tty.prints('bye')
    tty.exits(3)
    await page.until(() => page.closed !== undefined)
    expect(page.text).toBe('bye')
    expect(page.messages.at(-1)).toEqual({ type: 'exit', code: 3 })
    expect(page.closed?.code).toBe(TTY_CLOSE.ended)
    expect(await session.ended).toBe(3)
  })
  test('leaves the screen readable', async () => {
    const { tty, session, show } = openSession()
    tty.prints('what was done')
    tty.exits(0)
    await session.ended
    const page = await show()
    await page.until(() => page.closed !== undefined)
    expect(page.last('hello')?.writer).toBe(false)
    expect(page.last('snapshot')?.data).toContain('what was done')
    expect(page.last('exit')).toEqual({ type: 'exit', code: 0 })
  })
})

test('a dead page is dropped; one that answers is not', async () => {
  const { session, show } = openSession()
  const [dead, alive] = [await show(), await show()]
  await new Promise((resolve) => setTimeout(resolve, 20))
  alive.emit('pong')
  session.heartbeat(10)
  expect([dead.readyState, alive.readyState]).toEqual([3, 1])
})

describe('a socket', () => {
  test('that closed before it was shown anything takes nobody’s place', async () => {
    const { tty, session, show } = openSession()
    const gone = new ScriptedPage()
    gone.leaves()
    session.attach(gone.socket)
    const page = await show()
    expect(page.last('hello')?.writer).toBe(true)
    page.types('ls')
    await turn()
    expect(tty.typed).toEqual(['ls'])
  })
  test('that comes to a session which was closed is sent away to come back', async () => {
    const { session } = openSession()
    await session.close(TTY_CLOSE.goingAway, 'The agent was started again.')
    const page = new ScriptedPage()
    session.attach(page.socket)
    expect(page.closed?.code).toBe(TTY_CLOSE.goingAway)
  })
})

test('characters cut in two by the transport arrive whole', async () => {
  const { tty, show } = openSession()
  const page = await show()
  const bytes = Buffer.from('“…”')
  for (const byte of bytes) {
    tty.prints(Uint8Array.of(byte))
    await turn()
  }
  await page.until(() => page.text === '“…”')
})
