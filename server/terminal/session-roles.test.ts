import { afterEach, describe, expect, test, vi } from 'vitest'
import { HIGH_WATER, TTY_CLOSE } from '../contract/tty.ts'
import type { TtyVisitor } from '../contract/tty-frames.ts'
import { ScriptedPage } from './testing.ts'
import { flood, openSession, turn } from './testing-session.ts'

afterEach(() => void vi.useRealTimers())

describe('roles', () => {
  test('the first page writes, others watch; what they type is refused', async () => {
    const { tty, show } = openSession()
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
    const { tty, show } = openSession()
    const [first, second] = [await show(), await show()]
    second.says({ type: 'claim' })
    first.types('first')
    second.types('second')
    await turn()
    expect(tty.typed).toEqual(['second'])
    expect([first.last('role')?.writer, second.last('role')?.writer]).toEqual([false, true])
  })
  test('the size belongs to the writer, and everybody is told', async () => {
    const { tty, show } = openSession()
    const [writer, viewer] = [await show(), await show()]
    viewer.says({ type: 'resize', cols: 10, rows: 10 })
    writer.says({ type: 'resize', cols: 100, rows: 30 })
    writer.says({ type: 'resize', cols: 101, rows: 31 })
    await viewer.until(() => viewer.last('size') !== undefined)
    expect(tty.sizes).toEqual([{ cols: 101, rows: 31 }])
    expect(viewer.last('size')).toEqual({ type: 'size', cols: 101, rows: 31 })
  })
  test('a page that reloads writes again; a viewer does not slip in between', async () => {
    const { show } = openSession()
    const [writer, viewer] = [await show(), await show()]
    writer.leaves()
    expect((await show()).last('hello')?.writer).toBe(true)
    expect(viewer.last('role')).toBeUndefined()
  })
  test('when the writer stays away, the viewer that waits longest writes', async () => {
    const { show } = openSession()
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
    const { tty, show } = openSession()
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
    const bottle = openSession()
    const { show } = bottle
    await show(A)
    expect(await flood(bottle, 4 * HIGH_WATER), 'the old socket holds the program back').toBeLessThan(4 * HIGH_WATER)
    const after = await show(A)
    after.on('received', () => after.unacked > 10_000 && after.draws())
    expect(await flood(bottle, 4 * HIGH_WATER)).toBeGreaterThanOrEqual(4 * HIGH_WATER)
  })
  test('writes again although its old socket was not read, for a paste that the program does not take', async () => {
    const { tty, show } = openSession()
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
    const { tty, show } = openSession()
    const writer = await show(A)
    await show(B)
    const viewer = await show({ ...B, watching: true })
    expect(viewer.last('hello')?.writer).toBe(false)
    writer.types('mine')
    await turn()
    expect(tty.typed).toEqual(['mine'])
  })
  test('as a viewer, and before the writer does, does not take its place; alone it writes after a while', async () => {
    const { show } = openSession()
    const [writer, viewer] = [await show(A), await show(B)]
    // What a change of the machine's networks does: both drop, and who is back first is chance.
    viewer.leaves()
    writer.leaves()
    const again = await show({ ...B, watching: true })
    expect(again.last('hello')?.writer).toBe(false)
    expect((await show(A)).last('hello')?.writer).toBe(true)

    const restarted = openSession()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const page = new ScriptedPage()
    restarted.session.attach(page.socket, { ...B, watching: true })
    expect(page.last('hello')?.writer).toBe(false)
    vi.advanceTimersByTime(10_000)
    expect(page.last('role')?.writer).toBe(true)
  })
  test('after another took control of it, watches', async () => {
    const { show } = openSession()
    const [, second] = [await show(A), await show(B)]
    second.says({ type: 'claim' })
    expect((await show(A)).last('hello')?.writer).toBe(false)
  })
})

test('a viewer that takes control while the program does not read waits as the writer did', async () => {
  const { tty, show } = openSession()
  const [writer, viewer] = [await show(), await show()]
  tty.full = new Promise(() => {})
  for (let n = 0; n < 40; n++) writer.types('x'.repeat(64 * 1024))
  await turn()
  viewer.says({ type: 'claim' })
  expect([writer.paused, viewer.paused]).toEqual([false, true])
})
