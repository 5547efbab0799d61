import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ACK_EVERY, HIGH_WATER } from '../contract/tty.ts'
import type { ScriptedPage } from './testing.ts'
import { flood, openSession, turn } from './testing-session.ts'

afterEach(() => void vi.useRealTimers())

describe('flow', () => {
  test('a writer that draws nothing stops the program, and drawing lets it go on', async () => {
    const bottle = openSession()
    const { show } = bottle
    const page = await show()
    const written = await flood(bottle, 10_000_000)
    expect(written).toBeLessThan(1_000_000)
    page.on('received', () => page.unacked > 10_000 && page.draws())
    page.draws()
    expect(await flood(bottle, 3_000_000)).toBeGreaterThanOrEqual(3_000_000)
  })
  test('a viewer that draws nothing stops nobody, and sees the right screen when it draws again', async () => {
    const bottle = openSession()
    const { tty, session, show } = bottle
    const writer = await show()
    const viewer = await show()
    writer.on('received', () => writer.unacked > 10_000 && writer.draws())
    const first = viewer.last('snapshot')
    expect(await flood(bottle, 5_000_000)).toBeGreaterThanOrEqual(5_000_000)
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
    const beatAfter = (ms: number, { session }: ReturnType<typeof openSession>, page: ScriptedPage) => {
      vi.setSystemTime(Date.now() + ms)
      page.emit('pong')
      session.heartbeat(30_000)
    }

    test('because all that it drew is less than it acknowledges at once, the output goes on', async () => {
      const bottle = openSession()
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
      const bottle = openSession()
      const page = await bottle.show()
      const first = page.last('snapshot')
      expect(await flood(bottle, 4 * HIGH_WATER)).toBeLessThan(4 * HIGH_WATER)
      beatAfter(60_000, bottle, page)
      expect(await flood(bottle, 4 * HIGH_WATER)).toBeGreaterThanOrEqual(4 * HIGH_WATER)
      vi.setSystemTime(Date.now() + 60_000)
      page.draws()
      await page.until(() => page.last('snapshot') !== first)
    })
  })
  test('with no page at all the program goes on', async () => {
    const bottle = openSession()
    expect(await flood(bottle, 3_000_000)).toBeGreaterThanOrEqual(3_000_000)
  })
  test('a paste larger than the program reads does not stop its echo for ever', async () => {
    const bottle = openSession()
    const { tty, show } = bottle
    const page = await show()
    let read = () => {}
    tty.full = new Promise((resolve) => {
      read = resolve
    })
    for (let n = 0; n < 40; n++) page.types('x'.repeat(64 * 1024))
    await turn()
    expect(page.paused).toBe(true)
    // Nothing can be acknowledged while the socket is not read: the echo must come all the same.
    expect(await flood(bottle, 1_000_000)).toBeGreaterThanOrEqual(1_000_000)
    tty.full = undefined
    read()
    while (page.paused) await turn()
    expect(tty.typed.join('')).toHaveLength(40 * 64 * 1024)
  })
})
