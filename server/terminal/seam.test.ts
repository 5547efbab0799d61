import { describe, expect, test } from 'vitest'
import { afterHistory, afterTail, afterUnfinished, TAIL } from './seam.ts'

const bytes = (text: string) => Buffer.from(text)
const joined = (tail: string, history: string) => afterTail(bytes(tail), bytes(history))?.toString() ?? null

describe('what the record has that was not seen', () => {
  test('begins where the last bytes that were seen end', () => {
    expect(joined('one\r\ntwo\r\n', 'zero\r\none\r\ntwo\r\nthree\r\n')).toBe('three\r\n')
  })
  test('is nothing when nothing came', () => {
    expect(joined('one\r\ntwo\r\n', 'one\r\ntwo\r\n')).toBe('')
  })
  test('leaves out the beginning of a line that was seen unfinished', () => {
    expect(joined('one\r\n$ sle', 'one\r\n$ sleep 1\r\nwoke\r\n')).toBe('ep 1\r\nwoke\r\n')
    expect(joined('one\r\n$ sle', 'one\r\n')).toBe('')
    expect(afterUnfinished(bytes('one\r\n$ sle'), bytes('$ sleep 1\r\n')).toString()).toBe('ep 1\r\n')
  })
  test('is found also when the record begins in the middle of what was seen', () => {
    expect(joined('a long way back\r\none\r\n', 'one\r\ntwo\r\n')).toBe('two\r\n')
  })
  test('cannot be told when the two do not meet', () => {
    expect(joined('one\r\n', 'quite another line')).toBeNull()
  })
})

describe('what comes live after the record', () => {
  test('leaves out what the record ends with already', () => {
    expect(afterHistory(bytes('one\r\ntwo\r\n'), bytes('o\r\n$ ')).toString()).toBe('$ ')
    expect(afterHistory(bytes('one\r\n'), bytes('two\r\n')).toString()).toBe('two\r\n')
    expect(afterHistory(bytes(''), bytes('$ ')).toString()).toBe('$ ')
  })
  test('joins with the record to one stream, whenever it was attached to', () => {
    const stream = bytes(Array.from({ length: 400 }, (_, n) => `line ${n} ${(n * 7919) % 101}\r\n`).join(''))
    for (let attached = 1; attached < stream.length; attached += 97) {
      for (const recorded of [attached, attached + 13, attached + 400, stream.length]) {
        // The record ends where a line does; what is between there and the attach, a nudge has to bring back.
        const history = stream.subarray(0, stream.lastIndexOf(0x0a, Math.min(recorded, stream.length) - 1) + 1)
        if (history.length < attached) continue
        const whole = Buffer.concat([history, afterHistory(history, stream.subarray(attached))])
        expect(whole.equals(stream)).toBe(true)
      }
    }
  })
  test('takes time in proportion to what is compared, whatever it repeats', () => {
    const same = Buffer.alloc(4 * TAIL, 'y\r\n')
    expect(afterHistory(same, same).length).toBeLessThanOrEqual(same.length)
  })
})
