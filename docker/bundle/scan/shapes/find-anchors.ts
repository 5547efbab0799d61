import { byteClass } from '../byte-class.ts'
import type { Shape } from './shape.ts'

/** An anchor of two characters is followed by what tokens are made of. */
const GOES_ON = Array.from(byteClass('A-Za-z0-9._~-'), (is, byte) => (is === 1 ? byte : -1)).filter((byte) => byte >= 0)

/**
 * Makes a search for the anchors of many shapes in one pass, whatever their number: a table of bits says at each three
 * bytes whether an anchor may begin there, which it seldom does. Bytes are read four at a time: that costs half of what
 * the characters of a string cost one by one.
 */
export function findAnchors(shapes: readonly Shape[]) {
  const filter = new Uint8Array(1 << (PLACES - 3))
  const groups: ({ shape: Shape; anchor: Buffer }[] | undefined)[] = new Array(65536).fill(undefined)
  for (const shape of shapes) {
    const anchor = Buffer.from(shape.anchor, 'latin1')
    const pair = anchor.readUInt16BE(0)
    for (const third of anchor.length > 2 ? [anchor[2]!] : GOES_ON) {
      const place = placeOf((pair << 8) | third)
      filter[place >>> 3]! |= 1 << (place & 7)
    }
    groups[pair] ??= []
    groups[pair].push({ shape, anchor })
  }
  const tryAt = (bytes: Buffer, at: number, found: (shape: Shape, at: number) => void) => {
    const group = groups[(bytes[at]! << 8) | bytes[at + 1]!]
    if (group) for (const { shape, anchor } of group) if (standsAt(bytes, at, anchor)) found(shape, at)
  }

  return (bytes: Buffer, found: (shape: Shape, at: number) => void): void => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = 0
    for (const last = bytes.length - 4; at <= last; at += 2) {
      const four = view.getInt32(at)
      const one = placeOf(four >>> 8)
      if ((filter[one >>> 3]! & (1 << (one & 7))) !== 0) tryAt(bytes, at, found)
      const two = placeOf(four & 0xffffff)
      if ((filter[two >>> 3]! & (1 << (two & 7))) !== 0) tryAt(bytes, at + 1, found)
    }
    for (; at < bytes.length; at++) tryAt(bytes, at, found)
  }
}

function standsAt(bytes: Buffer, at: number, anchor: Buffer): boolean {
  for (let i = 2; i < anchor.length; i++) if (bytes[at + i] !== anchor[i]) return false
  return true
}

/** Bits: 32 KiB of table. A larger one leaves the nearest cache and takes half as long again, a smaller one is tried in vain. */
const PLACES = 18
/** Fibonacci hashing: the upper bits of a product depend on all of the factor's. */
const placeOf = (three: number): number => Math.imul(three, 0x9e3779b1) >>> (32 - PLACES)
