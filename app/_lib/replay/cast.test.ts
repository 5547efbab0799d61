import { describe, expect, it } from 'vitest'
import { eventsUntil, parseCast } from './cast'

const cast = (...lines: unknown[]) =>
  [{ version: 2, width: 80, height: 24, timestamp: 1000 }, ...lines].map((line) => JSON.stringify(line)).join('\n')

describe('parseCast', () => {
  it('reads output and sizes in order', () => {
    expect(parseCast(cast([0.5, 'o', 'hello'], [1, 'r', '100x30'], [1.5, 'o', 'bye']))).toEqual({
      cols: 80,
      rows: 24,
      recordedAt: 1_000_000,
      duration: 1.5,
      events: [
        { at: 0.5, kind: 'output', data: 'hello' },
        { at: 1, kind: 'size', cols: 100, rows: 30 },
        { at: 1.5, kind: 'output', data: 'bye' },
      ],
    })
  })

  it('shortens pauses', () => {
    expect(parseCast(cast([1, 'o', 'a'], [3600, 'o', 'b'], [3601, 'o', 'c'])).events.map(({ at }) => at)).toEqual([
      1, 3, 4,
    ])
  })

  it('leaves out what is broken or shows nothing', () => {
    const text = `${cast([1, 'o', 'a'], [2, 'i', 'typed'], [2, 'm', 'mark'], [2, 'r', '0x0'], [2, 'r', 'axb'])}\n\n[3,"o","tor`
    expect(parseCast(text).events).toEqual([{ at: 1, kind: 'output', data: 'a' }])
  })

  it('never goes back in time', () => {
    expect(parseCast(cast([5, 'o', 'a'], [1, 'o', 'b'], [6, 'o', 'c'])).events.map(({ at }) => at)).toEqual([2, 2, 3])
  })

  it('refuses what is not a recording', () => {
    expect(() => parseCast('')).toThrow('not a recording')
    expect(() => parseCast('{"version":3}')).toThrow('not a recording')
    expect(() => parseCast('<html>')).toThrow('not a recording')
  })

  it('knows how much has happened', () => {
    const { events } = parseCast(cast([1, 'o', 'a'], [1, 'o', 'b'], [2, 'o', 'c']))
    expect([0, 0.9, 1, 1.5, 2, 99].map((at) => eventsUntil(events, at))).toEqual([0, 0, 2, 2, 3, 3])
  })
})
