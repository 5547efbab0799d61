import { PassThrough, Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { LineWriter } from './line-writer.ts'
import { readLines } from './lines.ts'

describe('reading lines', () => {
  test('puts chunks together, leaves empty lines out, skips one that is too long', async () => {
    const stream = new PassThrough()
    const lines: string[] = []
    let tooLong = 0
    readLines(
      stream,
      8,
      (line) => lines.push(line),
      () => tooLong++,
    )
    for (const chunk of ['on', 'e\n\ntwo\nthis is', ' far too long', ' indeed\nthr', 'ee\n123456789\nfour\nnever']) {
      stream.write(chunk)
      await new Promise(setImmediate)
    }
    expect(lines).toEqual(['one', 'two', 'three', 'four'])
    expect(tooLong).toBe(2)
  })
})

describe('writing lines', () => {
  /** Takes a batch only when told to. */
  const slow = () => {
    const taken: string[] = []
    let release = () => {}
    const stream = new Writable({
      write(chunk, _encoding, done) {
        taken.push(String(chunk))
        release = done
      },
    })
    return { stream, taken, release: () => release() }
  }
  test('a reader that is far behind costs lines, which are counted and told where they are missing, in order', async () => {
    const { stream, taken, release } = slow()
    let n = 0
    const writer = new LineWriter(
      stream,
      (count) => `lost ${count}`,
      (line) => `${++n} ${line}`,
      10,
    )
    writer.add('first', true)
    await expect.poll(() => taken).toHaveLength(1)
    await expect.poll(() => taken).toHaveLength(1)
    for (const line of ['second', 'third', 'spare 1', 'spare 2']) writer.add(line, true)
    writer.add('must be told')
    expect(writer.lost).toBe(2)
    const flushed = writer.flushed()
    release()
    await expect.poll(() => taken).toHaveLength(2)
    release()
    await flushed
    expect(taken.join('')).toBe('1 first\n2 second\n3 third\n4 lost 2\n5 must be told\n')
  })
  test('a reader that is gone ends the waiting', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) })
    const writer = new LineWriter(stream, String)
    writer.add('x')
    await writer.flushed()
    expect(writer.waiting).toBe(0)
  })
})
