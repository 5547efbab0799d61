import { expect, test } from 'vitest'
import { FRAME, FrameReader, frame, json, MOST } from './frames.ts'

const all = Buffer.concat([
  frame(FRAME.hello, { want: 'terminal', since: 0 }),
  frame(FRAME.bytes, Buffer.from('ü\n')),
  frame(FRAME.bytes, Buffer.alloc(0)),
  frame(FRAME.exit, { code: 3 }),
])

test.each([1, 2, 3, 7, all.length])('frames are put together from chunks of %i bytes', (size) => {
  const reader = new FrameReader()
  const frames = []
  for (let at = 0; at < all.length; at += size) frames.push(...reader.read(all.subarray(at, at + size)))
  expect(frames.map(({ kind }) => kind)).toEqual([FRAME.hello, FRAME.bytes, FRAME.bytes, FRAME.exit])
  expect(json(frames[0]!)).toEqual({ want: 'terminal', since: 0 })
  expect(frames[1]!.payload.toString()).toBe('ü\n')
  expect(json(frames[3]!)).toEqual({ code: 3 })
})

test('a frame of the greatest size is taken, a greater one is refused as soon as its head is there', () => {
  const greatest = frame(FRAME.bytes, Buffer.alloc(MOST, 'x'))
  expect(new FrameReader().read(greatest)).toHaveLength(1)
  const head = Buffer.from(greatest.subarray(0, 5))
  head.writeUInt32BE(MOST + 1, 1)
  expect(() => new FrameReader().read(head)).toThrow('none of ours')
})
