import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ACK_EVERY, HIGH_WATER, TTY_CLOSE } from '../contract/tty.ts'
import type { TtyVisitor } from '../contract/tty-frames.ts'
import { Session } from './session.ts'
import { ScriptedPage, ScriptedTty } from './testing.ts'

const SIZE = { cols: 80, rows: 24 }
const turn = () => new Promise((resolve) => setImmediate(resolve))

function open() {
  const tty = new ScriptedTty()
  const session = new Session({ id: 'agent', stream: tty, size: SIZE })
  const show = async (visitor?: TtyVisitor) => {
    const page = new ScriptedPage()
    session.attach(page.socket, visitor)
    await page.until(() => page.last('snapshot') !== undefined)
    return page
  }
  return { tty, session, show }
}

afterEach(() => void vi.useRealTimers())

/** Writes until the session stops reading. */
async function flood(tty: ScriptedTty, limit: number): Promise<number> {
  const chunk = Buffer.from('\x1b[32mcoloured, so nothing of it is left out of the screen\x1b[m\r\n'.repeat(200))
  let written = 0
  while (written < limit) {
    if (tty.output.writableNeedDrain) {
      const flows = await Promise.race([
        new Promise<boolean>((resolve) => tty.output.once('drain', () => resolve(true))),
        new Promise<boolean>((resolve) => setTimeout(resolve, 1500, false)),
      ])
      if (!flows) break
    }
    tty.output.write(chunk)
    written += chunk.length
  }
  return written
}

/** A snapshot without its sequences and line ends. */
const plain = (data: string): string =>
  data
    .split('\x1b')
    .map((part, n) => (n === 0 ? part : part.replace(/^\[[0-9;?]*[A-Za-z]/, '')))
    .join('')
    .replace(/\s/g, '')

describe('a page', () => {
  test('is greeted, sees the screen, then what follows', async () => {
    const { tty, show } = open()
    tty.prints('before\r\n')
    await turn()
    const page = await show()
    expect(page.messages[0]).toEqual({ type: 'hello', ...SIZE, writer: true, session: 'agent' })
    expect(page.last('snapshot')?.data).toContain('before')
    tty.prints('after')
    await page.until(() => page.text === 'after')
  })
  test('never gets a byte twice or misses one, whenever it opens', async () => {
    const { tty, show } = open()
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
    const { show } = open()
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
    const { tty, show } = open()
    const page = await show()
    page.says({ type: 'ack', bytes: Number.MAX_SAFE_INTEGER })
    expect(await flood(tty, 4 * HIGH_WATER)).toBeLessThan(4 * HIGH_WATER)
  })
})

describe('roles', () => {
  test('the first page writes, others watch; what they type is refused', async () => {
    const { tty, show } = open()
    const writer = await show()
    const viewer = await show()
    expect([writer.last('hello')?.writer, viewer.last('hello')?.writer]).toEqual([true, false])
    viewer.types('rm -rf /')
    writer.types('ls')
    await turn()
    expect(tty.typed).toEqual(['ls'])
    expect(viewer.last('role')).toEqual({ type: 'role', writer: false })
  })
  test('a viewer that takes control becomes the only writer', async () => {
    const { tty, show } = open()
    const [first, second] = [await show(), await show()]
    second.says({ type: 'claim' })
    first.types('first')
    second.types('second')
    await turn()
    expect(tty.typed).toEqual(['second'])
    expect([first.last('role')?.writer, second.last('role')?.writer]).toEqual([false, true])
  })
  test('the size belongs to the writer, and everybody is told', async () => {
    const { tty, show } = open()
    const [writer, viewer] = [await show(), await show()]
    viewer.says({ type: 'resize', cols: 10, rows: 10 })
    writer.says({ type: 'resize', cols: 100, rows: 30 })
    writer.says({ type: 'resize', cols: 101, rows: 31 })
    await viewer.until(() => viewer.last('size') !== undefined)
    expect(tty.sizes).toEqual([{ cols: 101, rows: 31 }])
    expect(viewer.last('size')).toEqual({ type: 'size', cols: 101, rows: 31 })
  })
  test('a page that reloads writes again; a viewer does not slip in between', async () => {
    const { show } = open()
    const [writer, viewer] = [await show(), await show()]
    writer.leaves()
    expect((await show()).last('hello')?.writer).toBe(true)
    expect(viewer.last('role')).toBeUndefined()
  })
  test('when the writer stays away, the viewer that waits longest writes', async () => {
    const { show } = open()
    const [writer, viewer] = [await show(), await show()]
    await show()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    writer.leaves()
    vi.advanceTimersByTime(9000)
    expect(viewer.last('role')).toBeUndefined()
    vi.advanceTimersByTime(1000)
    expect(viewer.last('role')?.writer).toBe(true)
  })
})

describe('a page that comes back', () => {
  const A: TtyVisitor = { page: 'aaaaaaaaaaaa', watching: false }
  const B: TtyVisitor = { page: 'bbbbbbbbbbbb', watching: false }

  test('writes again while its old socket, dead without a word, still counts as open', async () => {
    const { tty, show } = open()
    const before = await show(A)
    const viewer = await show(B)
    const after = await show(A)
    expect(after.last('hello')?.writer).toBe(true)
    after.types('typed after')
    before.types('late')
    viewer.types('not mine')
    await turn()
    expect(tty.typed).toEqual(['typed after'])
    expect(before.closed?.code).toBe(TTY_CLOSE.elsewhere)
    before.leaves()
    expect(viewer.last('role'), 'the viewer got nothing of it').toEqual({ type: 'role', writer: false })
  })
  test('does not wait for what its old socket never drew', async () => {
    const { tty, show } = open()
    await show(A)
    expect(await flood(tty, 4 * HIGH_WATER), 'the old socket holds the program back').toBeLessThan(4 * HIGH_WATER)
    const after = await show(A)
    after.on('received', () => after.unacked > 10_000 && after.draws())
    expect(await flood(tty, 4 * HIGH_WATER)).toBeGreaterThanOrEqual(4 * HIGH_WATER)
  })
  test('writes again although its old socket was not read, for a paste that the program does not take', async () => {
    const { tty, show } = open()
    const before = await show(A)
    tty.full = new Promise(() => {})
    for (let n = 0; n < 40; n++) before.types('x'.repeat(64 * 1024))
    await turn()
    expect(before.paused).toBe(true)
    const after = await show(A)
    expect(after.last('hello')?.writer).toBe(true)
    expect(after.paused, 'and waits as the old one did').toBe(true)
  })
  test('as a viewer leaves the writer its place, also where its own old socket is dropped', async () => {
    const { tty, show } = open()
    const writer = await show(A)
    await show(B)
    const viewer = await show({ ...B, watching: true })
    expect(viewer.last('hello')?.writer).toBe(false)
    writer.types('mine')
    await turn()
    expect(tty.typed).toEqual(['mine'])
  })
  test('as a viewer, and before the writer does, does not take its place; alone it writes after a while', async () => {
    const { show } = open()
    const [writer, viewer] = [await show(A), await show(B)]
    // What a change of the machine's networks does: both drop, and who is back first is chance.
    viewer.leaves()
    writer.leaves()
    const again = await show({ ...B, watching: true })
    expect(again.last('hello')?.writer).toBe(false)
    expect((await show(A)).last('hello')?.writer).toBe(true)

    const restarted = open()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const page = new ScriptedPage()
    restarted.session.attach(page.socket, { ...B, watching: true })
    expect(page.last('hello')?.writer).toBe(false)
    vi.advanceTimersByTime(10_000)
    expect(page.last('role')?.writer).toBe(true)
  })
  test('after another took control of it, watches', async () => {
    const { show } = open()
    const [, second] = [await show(A), await show(B)]
    second.says({ type: 'claim' })
    expect((await show(A)).last('hello')?.writer).toBe(false)
  })
})

test('a viewer that takes control while the program does not read waits as the writer did', async () => {
  const { tty, show } = open()
  const [writer, viewer] = [await show(), await show()]
  tty.full = new Promise(() => {})
  for (let n = 0; n < 40; n++) writer.types('x'.repeat(64 * 1024))
  await turn()
  viewer.says({ type: 'claim' })
  expect([writer.paused, viewer.paused]).toEqual([false, true])
})

describe('flow', () => {
  test('a writer that draws nothing stops the program, and drawing lets it go on', async () => {
    const { tty, show } = open()
    const page = await show()
    const written = await flood(tty, 10_000_000)
    expect(written).toBeLessThan(1_000_000)
    page.on('received', () => page.unacked > 10_000 && page.draws())
    page.draws()
    expect(await flood(tty, 3_000_000)).toBeGreaterThanOrEqual(3_000_000)
  })
  test('a viewer that draws nothing stops nobody, and sees the right screen when it draws again', async () => {
    const { tty, session, show } = open()
    const writer = await show()
    const viewer = await show()
    writer.on('received', () => writer.unacked > 10_000 && writer.draws())
    const first = viewer.last('snapshot')
    expect(await flood(tty, 5_000_000)).toBeGreaterThanOrEqual(5_000_000)
    tty.prints('the last line')
    expect(viewer.unacked).toBeLessThan(1_200_000)
    viewer.draws()
    await viewer.until(() => viewer.last('snapshot') !== first && viewer.messages.length > 2)
    const { data } = await session.screen.snapshot()
    expect(viewer.last('snapshot')!.data.endsWith('the last line') || data.includes('the last line')).toBe(true)
  })
  describe('of a page that says nothing for minutes', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))

    /** A beat of the heart as the host has it, the page answering pings as browsers do by themselves. */
    const beatAfter = (ms: number, { session }: ReturnType<typeof open>, page: ScriptedPage) => {
      vi.setSystemTime(Date.now() + ms)
      page.emit('pong')
      session.heartbeat(30_000)
    }

    test('because all that it drew is less than it acknowledges at once, the output goes on', async () => {
      const bottle = open()
      const page = await bottle.show()
      bottle.tty.prints('$ ')
      await page.until(() => page.text === '$ ')
      for (let n = 0; n < 10; n++) beatAfter(60_000, bottle, page)
      bottle.tty.prints('x'.repeat(ACK_EVERY))
      await page.until(() => page.text.length === ACK_EVERY + 2)
      bottle.session.heartbeat(30_000)
      bottle.tty.prints('end')
      await page.until(() => page.text.endsWith('end'))
    })
    test('because it sleeps, the program goes on, and the page sees the screen when it wakes', async () => {
      const bottle = open()
      const page = await bottle.show()
      const first = page.last('snapshot')
      expect(await flood(bottle.tty, 4 * HIGH_WATER)).toBeLessThan(4 * HIGH_WATER)
      beatAfter(60_000, bottle, page)
      expect(await flood(bottle.tty, 4 * HIGH_WATER)).toBeGreaterThanOrEqual(4 * HIGH_WATER)
      vi.setSystemTime(Date.now() + 60_000)
      page.draws()
      await page.until(() => page.last('snapshot') !== first)
    })
  })
  test('with no page at all the program goes on', async () => {
    const { tty } = open()
    expect(await flood(tty, 3_000_000)).toBeGreaterThanOrEqual(3_000_000)
  })
  test('a paste larger than the program reads does not stop its echo for ever', async () => {
    const { tty, show } = open()
    const page = await show()
    let read = () => {}
    tty.full = new Promise((resolve) => {
      read = resolve
    })
    for (let n = 0; n < 40; n++) page.types('x'.repeat(64 * 1024))
    await turn()
    expect(page.paused).toBe(true)
    // Nothing can be acknowledged while the socket is not read: the echo must come all the same.
    expect(await flood(tty, 1_000_000)).toBeGreaterThanOrEqual(1_000_000)
    tty.full = undefined
    read()
    while (page.paused) await turn()
    expect(tty.typed.join('')).toHaveLength(40 * 64 * 1024)
  })
})

describe('the end', () => {
  test('comes after the last bytes, with the exit code', async () => {
    const { tty, session, show } = open()
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
    const { tty, session, show } = open()
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
  const { session, show } = open()
  const [dead, alive] = [await show(), await show()]
  await new Promise((resolve) => setTimeout(resolve, 20))
  alive.emit('pong')
  session.heartbeat(10)
  expect([dead.readyState, alive.readyState]).toEqual([3, 1])
})

describe('a socket', () => {
  test('that closed before it was shown anything takes nobody’s place', async () => {
    const { tty, session, show } = open()
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
    const { session } = open()
    await session.close(TTY_CLOSE.goingAway, 'The agent was started again.')
    const page = new ScriptedPage()
    session.attach(page.socket)
    expect(page.closed?.code).toBe(TTY_CLOSE.goingAway)
  })
})

test('characters cut in two by the transport arrive whole', async () => {
  const { tty, show } = open()
  const page = await show()
  const bytes = Buffer.from('“…”')
  for (const byte of bytes) {
    tty.prints(Uint8Array.of(byte))
    await turn()
  }
  await page.until(() => page.text === '“…”')
})
