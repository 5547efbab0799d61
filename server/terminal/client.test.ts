import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Client } from './client.ts'
import type { ScreenSnapshot } from './screen.ts'
import { ScriptedPage } from './testing.ts'

const MIB = 1024 * 1024
const SNAPSHOT: ScreenSnapshot = { cols: 80, rows: 24, data: 'the screen' }
const turn = (_?: unknown) => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => void vi.useRealTimers())

/** A viewer whose snapshots are ready, or fail, when the test says so. */
function open() {
  const page = new ScriptedPage()
  const asked: { made(): Promise<unknown>; failed(): Promise<unknown> }[] = []
  const takeSnapshot = () =>
    new Promise<ScreenSnapshot>((resolve, reject) => {
      asked.push({
        made: () => turn(resolve(SNAPSHOT)),
        failed: () => turn(reject(new Error('The screen could not be told.'))),
      })
    })
  const nothing = () => {}
  const events = { message: nothing, input: nothing, progress: nothing, gone: nothing }
  const client = new Client(page.socket, null, takeSnapshot, events)
  void client.sync()
  const pictures = () => page.messages.filter(({ type }) => type === 'snapshot').length
  return { page, client, asked, pictures }
}

describe('a picture comes', () => {
  test('to a viewer for which too much comes before it, and a newer one after a while, as long as that goes on', async () => {
    const { page, client, asked, pictures } = open()
    for (let round = 1; round <= 3; round++) {
      client.output(Buffer.alloc(MIB + 1, 'x'))
      await asked.at(-1)!.made()
      expect([asked.length, pictures()]).toEqual([round, round])
      expect(page.text, 'and nothing that has a hole in it').toBe('')
      vi.advanceTimersByTime(1000)
    }
    await asked.at(-1)!.made()
    client.output(Buffer.from('what follows'))
    expect(page.text).toBe('what follows')
  })
  test('after one that could not be made, to the writer, too', async () => {
    const { page, client, asked, pictures } = open()
    client.writer = true
    client.output(Buffer.from('before'))
    await asked[0]!.failed()
    expect([pictures(), client.backlog], 'nobody waits for what will not be drawn').toEqual([0, 0])
    vi.advanceTimersByTime(1000)
    await asked[1]!.made()
    client.output(Buffer.from('after'))
    expect([pictures(), page.text]).toEqual([1, 'after'])
  })
  test('when the session has ended meanwhile, and then the exit code', async () => {
    const { page, client, asked } = open()
    client.output(Buffer.alloc(MIB + 1, 'x'))
    client.end(3)
    await asked[0]!.made()
    expect(page.closed).toBeUndefined()
    vi.advanceTimersByTime(1000)
    await asked[1]!.made()
    expect(page.messages.map(({ type }) => type)).toEqual(['snapshot', 'snapshot', 'exit'])
  })
})

describe('no picture is made', () => {
  test('for a page that asks and asks, and does not read what it has', async () => {
    const { page, client, asked, pictures } = open()
    await asked[0]!.made()
    page.bufferedAmount = MIB + 1
    for (let n = 0; n < 100; n++) {
      client.receive(Buffer.from('{"type":"sync"}'), false)
      vi.advanceTimersByTime(100)
    }
    expect(asked).toHaveLength(1)
    page.bufferedAmount = 0
    vi.advanceTimersByTime(1000)
    await asked[1]!.made()
    expect(pictures()).toBe(2)
  })
  test('for a page that is being closed, whatever it still says', async () => {
    const { client, asked } = open()
    await asked[0]!.made()
    client.close(1001, 'The server is going away.')
    client.receive(Buffer.from('{"type":"sync"}'), false)
    vi.advanceTimersByTime(60_000)
    expect(asked).toHaveLength(1)
  })
})
