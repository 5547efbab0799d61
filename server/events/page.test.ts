import { afterAll, beforeAll, expect, test } from 'vitest'
import { output, scratchLog, slug } from '../testing/scratch-log.ts'

const demo = slug('demo')
const LINES = 200_000
let scratch: Awaited<ReturnType<typeof scratchLog>>

/** 200,000 lines in events of 1 to 200, with a mark before line 1, after the last, and before each of some others. */
beforeAll(async () => {
  scratch = await scratchLog()
  const { log } = scratch
  log.append(demo, { type: 'step-started', step: 'agent image' })
  for (let n = 1, size = 1; n <= LINES; n += size, size = (size % 200) + 1) {
    if (n > 100_000 && n < 100_400) log.append(demo, { type: 'release-done', name: `before ${n}` })
    const count = Math.min(size, LINES - n + 1)
    log.append(demo, output(...Array.from({ length: count }, (_, i) => `\x1b[3${n % 8}mLine\x1b[0m ${n + i}`)))
    await new Promise(setImmediate)
  }
  log.append(demo, { type: 'state', state: 'stopped', evidence: 'done' })
  await log.flush()
}, 60_000)
afterAll(() => scratch[Symbol.asyncDispose]())

test('any window of 200,000 lines has exactly its lines, wherever it begins', async () => {
  const { log } = scratch
  expect(log.lineCount(demo)).toBe(LINES)
  for (const from of [1, 2, 199, 200, 201, 77_777, 100_000, LINES - 199, LINES]) {
    const page = await log.page(demo, from, 200)
    const expected = Array.from({ length: Math.min(200, LINES - from + 1) }, (_, i) => from + i)
    expect(page.lines.map(({ n }) => n)).toEqual(expected)
    expect(page.lines.map(({ text }) => Number(text.split(' ')[1]))).toEqual(expected)
    expect([page.total, page.from, page.lastSeq]).toEqual([LINES, from, log.lastSeq(demo)])
  }
})

test('a window beyond the end is empty and not an error', async () => {
  expect(await scratch.log.page(demo, LINES + 10, 200)).toMatchObject({ total: LINES, lines: [] })
})

test('marks come with the lines that they stand before, and the last ones with the end', async () => {
  const { log } = scratch
  const first = await log.page(demo, 1, 50)
  expect(first.marks).toMatchObject([{ beforeLine: 1, event: { type: 'step-started' } }])
  const middle = await log.page(demo, 100_001, 400)
  expect(middle.marks.length).toBeGreaterThan(1)
  for (const { beforeLine, event } of middle.marks)
    expect(event).toEqual({ type: 'release-done', name: `before ${beforeLine}` })
  const end = await log.page(demo, LINES - 10, 200)
  expect(end.marks).toMatchObject([{ beforeLine: LINES + 1, event: { type: 'state' } }])
  expect((await log.page(demo, LINES - 10, 5)).marks).toEqual([])
  expect((await log.outline(demo)).marks).toHaveLength(middle.marks.length + 2)
})

test('a range hides every line and mark outside it', async () => {
  const range = { from: 100, to: 150 }
  const page = await scratch.log.page(demo, 1, 2000, range)
  expect([page.total, page.lines.at(0)?.n, page.lines.at(-1)?.n, page.lines.length]).toEqual([150, 100, 150, 51])
  expect(page.marks).toEqual([])
  expect((await scratch.log.search(demo, { query: 'Line 1', range })).lines).toEqual(page.lines.map(({ n }) => n))
})

test('a text is found in every line that shows it, whatever colours are between, in any case', async () => {
  const { log } = scratch
  expect(await log.search(demo, { query: 'line 123456' })).toEqual({ total: 1, lines: [123_456] })
  expect(await log.search(demo, { query: 'line 123456', caseSensitive: true })).toEqual({ total: 0, lines: [] })
  expect(await log.search(demo, { query: '[3' })).toEqual({ total: 0, lines: [] })
  expect((await log.search(demo, { query: '99999' })).lines).toEqual([99_999, 199_999])
})

test('matches are counted up to 100,000 and told up to 10,000', async () => {
  const found = await scratch.log.search(demo, { query: 'Line' })
  expect([found.total, found.lines.length, found.lines[0], found.lines.at(-1)]).toEqual([100_000, 10_000, 1, 10_000])
})

test('other work goes on during a search, and a search that nobody waits for stops', async () => {
  const { log } = scratch
  let turns = 0
  const counting = setInterval(() => {
    turns += 1
  }, 0)
  await log.search(demo, { query: 'not there' })
  clearInterval(counting)
  expect(turns).toBeGreaterThan(20)
  const gone = new AbortController()
  const searching = log.search(demo, { query: 'not there', signal: gone.signal })
  gone.abort()
  await expect(searching).rejects.toThrow('aborted')
})

test('the pages of a log are all of it', async () => {
  let lines = 0
  for await (const page of scratch.log.pages(demo)) {
    expect(page.lines[0]?.n).toBe(lines + 1)
    lines += page.lines.length
  }
  expect(lines).toBe(LINES)
})
