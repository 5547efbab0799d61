import serialize from '@xterm/addon-serialize'
import headless from '@xterm/headless'
import { describe, expect, test } from 'vitest'
import { Screen } from './screen.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** What a page would see after the snapshot: a fresh terminal that was given it. */
async function restored(screen: Screen): Promise<headless.Terminal> {
  const { cols, rows, data } = await screen.snapshot()
  const terminal = new headless.Terminal({ cols, rows, scrollback: 5000, allowProposedApi: true, logLevel: 'off' })
  await new Promise<void>((done) => terminal.write(data, done))
  return terminal
}

const lines = (terminal: headless.Terminal): string[] =>
  Array.from({ length: terminal.buffer.active.length }, (_, y) =>
    terminal.buffer.active.getLine(y)!.translateToString(true),
  )

const shown = (terminal: headless.Terminal): string[] => lines(terminal).slice(terminal.buffer.active.baseY)

describe('a snapshot', () => {
  test('brings back scrollback, screen and cursor', async () => {
    const screen = new Screen({ cols: 40, rows: 5 })
    for (let n = 1; n <= 3000; n++) screen.write(bytes(`\x1b[3${n % 8}mline ${n}\x1b[m ${'x'.repeat(n % 90)}\r\n`))
    screen.write(bytes('$ echo'))
    const raw = new headless.Terminal({ cols: 40, rows: 5, scrollback: 5000, allowProposedApi: true, logLevel: 'off' })
    for (let n = 1; n <= 3000; n++) raw.write(`\x1b[3${n % 8}mline ${n}\x1b[m ${'x'.repeat(n % 90)}\r\n`)
    await new Promise<void>((done) => raw.write('$ echo', done))
    const terminal = await restored(screen)
    expect(lines(terminal)).toEqual(lines(raw))
    expect(terminal.buffer.active.cursorX).toBe(6)
    expect(terminal.buffer.active.cursorY).toBe(4)
    expect(terminal.buffer.active.getLine(2)!.isWrapped).toBe(raw.buffer.active.getLine(2)!.isWrapped)
  })
  test('brings back colours', async () => {
    const screen = new Screen({ cols: 20, rows: 3 })
    screen.write(bytes('\x1b[1;31;44mbold red on blue\r\nstill '))
    const terminal = await restored(screen)
    await new Promise<void>((done) => terminal.write('more', done))
    const cell = terminal.buffer.active.getLine(1)!.getCell(6)!
    expect([cell.getChars(), cell.getFgColor(), cell.getBgColor(), cell.isBold() !== 0]).toEqual(['m', 1, 4, true])
  })
  test('keeps the shell under a full-screen program, and its attributes apart', async () => {
    const screen = new Screen({ cols: 20, rows: 4 })
    screen.write(bytes('$ less file\r\n\x1b[?1049h\x1b[2J\x1b[H\x1b[7mtitle\x1b[m\x1b[4;1H:'))
    const terminal = await restored(screen)
    expect(terminal.buffer.active.type).toBe('alternate')
    expect(shown(terminal)).toEqual(['title', '', '', ':'])
    await new Promise<void>((done) => terminal.write('\x1b[?1049l$ ', done))
    expect(shown(terminal).slice(0, 2)).toEqual(['$ less file', '$ '])
  })
  test('comes to whoever asks while the one before is on its way, at whichever turn', async () => {
    const screen = new Screen({ cols: 20, rows: 3 })
    screen.write(bytes('$ '))
    for (let turns = 0; turns < 20; turns++) {
      await screen.snapshot()
      for (let n = 0; n < turns; n++) await null
      expect((await screen.snapshot()).data, `${turns} turns later`).toContain('$ ')
    }
  })
  test('has the size that the screen was given last, though nothing was written since', async () => {
    const screen = new Screen({ cols: 20, rows: 3 })
    screen.write(bytes('$ '))
    await screen.snapshot()
    screen.resize({ cols: 30, rows: 5 })
    expect(await screen.snapshot()).toMatchObject({ cols: 30, rows: 5 })
  })
  test('is refused to those who still wait for one when the screen is closed', async () => {
    const screen = new Screen({ cols: 20, rows: 3 })
    screen.write(bytes('$ '))
    const waiting = screen.snapshot()
    screen.dispose()
    await expect(waiting).rejects.toThrow('The screen was closed.')
    await expect(screen.snapshot()).rejects.toThrow('The screen was closed.')
  })
  test('says what the serialize add-on leaves out', async () => {
    const screen = new Screen({ cols: 20, rows: 6 })
    screen.write(bytes('\x1b[?1002h\x1b[?1006h\x1b[?25l\x1b[4 q\x1b]2;fix\x07\x1b[2;4r\x1b(0\x1b[?2004h\x1b[3;5H'))
    const { data } = await screen.snapshot()
    for (const part of [
      '\x1b[?1002h',
      '\x1b[?1006h',
      '\x1b[?25l',
      '\x1b[4 q',
      '\x1b]2;fix\x07',
      '\x1b[2;4r',
      '\x1b(0',
      '\x1b[?2004h',
    ])
      expect(data).toContain(part)
    const terminal = await restored(screen)
    expect([terminal.buffer.active.cursorX, terminal.buffer.active.cursorY]).toEqual([4, 2])
  })
  test('restores the cursor inside of an origin-mode region', async () => {
    const screen = new Screen({ cols: 20, rows: 6 })
    screen.write(bytes('top\x1b[2;4r\x1b[?6h\x1b[2;3Hhere'))
    const terminal = await restored(screen)
    expect([terminal.buffer.active.cursorX, terminal.buffer.active.cursorY]).toEqual([6, 2])
    expect(shown(terminal)[2]).toBe('  here')
  })
  test('is of the moment it was asked for', async () => {
    const screen = new Screen({ cols: 20, rows: 3 })
    screen.write(bytes('before'))
    const asked = screen.snapshot()
    screen.write(bytes(' after'))
    expect((await asked).data).not.toContain('after')
    expect((await screen.snapshot()).data).toContain('before after')
  })
  test('of a screen that did not change is not made again', async () => {
    const screen = new Screen({ cols: 20, rows: 3 })
    screen.write(bytes('x'))
    expect(await screen.snapshot()).toBe(await screen.snapshot())
  })
})

test('a title is plain text of at most 200 characters', async () => {
  const screen = new Screen({ cols: 20, rows: 3 })
  screen.write(bytes(`\x1b]2;<b>${'x'.repeat(500)}\x07`))
  await screen.snapshot()
  expect(screen.title).toBe(`<b>${'x'.repeat(197)}`)
})

test('the last line is the lowest with something on it', async () => {
  const screen = new Screen({ cols: 20, rows: 5 })
  screen.write(bytes('one\r\n\x1b[32mtwo\x1b[m\r\n\r\n'))
  await screen.snapshot()
  expect(screen.lastLine()).toBe('two')
})

describe('a flood', () => {
  /** Deterministic noise: the property is checked for many floods, and a failure names its seed. */
  function random(seed: number): () => number {
    let state = seed * 2654435761
    return () => {
      state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0
      return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
    }
  }

  /** Mostly plain, with everything that could make leaving out go wrong somewhere in between. */
  function flood(seed: number): Uint8Array[] {
    const next = random(seed)
    const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!
    const chunks: Uint8Array[] = []
    const sprinkle = [
      '\x1b[31m',
      '\x1b[?1049h',
      '\x1b[?1049l',
      '\x1b[3;8r',
      '\x1b[r',
      '\x1b[2J',
      '\x0e',
      '\x0f',
      '\x1b(0',
      '\x1b]2;t\x07',
      '\x1b[',
      '\x9b',
      '\u0085',
      '\x1b[?7l',
      '\x1b[4h',
      '\x1bP',
      '\x1b\\',
      '\x1bc',
      '\b',
    ]
    for (let n = 0; n < 12; n++) {
      let text = next() < 0.5 ? pick(sprinkle) : ''
      const count = Math.floor(next() * 16_000)
      const end = pick(['\r\n', '\r\n', '\r\n', '\n'])
      const width = pick([3, 20, 60, 200])
      for (let line = 0; line < count; line++)
        text += `${line} ${pick(['é', 'x', '日本', '—', '\t', ''])}${'y'.repeat(Math.floor(next() * width))}${end}`
      if (next() < 0.3) text += 'no end'
      chunks.push(bytes(text))
    }
    return chunks
  }

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'leaves the same screen as parsing all of it would (seed %i)',
    async (seed) => {
      const size = { cols: 50, rows: 10 }
      const chunks = flood(seed)
      const screen = new Screen(size)
      const raw = new headless.Terminal({ ...size, scrollback: 5000, allowProposedApi: true, logLevel: 'off' })
      const serializer = new serialize.SerializeAddon()
      raw.loadAddon(serializer)
      for (const chunk of chunks) screen.write(chunk)
      for (const chunk of chunks) await new Promise<void>((done) => raw.write(chunk, done))
      const terminal = await restored(screen)
      expect(terminal.buffer.active.type).toBe(raw.buffer.active.type)
      expect(lines(terminal)).toEqual(lines(raw))
      expect([terminal.buffer.active.cursorX, terminal.buffer.active.cursorY]).toEqual([
        raw.buffer.active.cursorX,
        raw.buffer.active.cursorY,
      ])
    },
    60_000,
  )

  test('is left out rather than parsed', async () => {
    const screen = new Screen({ cols: 80, rows: 24 })
    const chunk = bytes('0123456789 abcdefghijklmnopqrstuvwxyz\r\n'.repeat(1700))
    for (let n = 0; n < 400; n++) {
      screen.write(chunk)
    }
    const before = screen.backlog
    let progress = 0
    while (screen.backlog > 1_000_000 && progress++ < 20) await new Promise((turn) => setTimeout(turn, 5))
    expect(before).toBeGreaterThan(20_000_000)
    expect(screen.backlog).toBeLessThan(1_000_000)
  })
})
