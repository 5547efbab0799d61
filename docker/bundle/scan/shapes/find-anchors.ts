import type { Shape } from './shape.ts'

/**
 * Makes a search for the anchors of many shapes in one pass, whatever their number: a table says at each two characters
 * whether an anchor begins there, which it seldom does.
 */
export function findAnchors(shapes: readonly Shape[]) {
  const groups: Shape[][] = [[]]
  const groupAt = new Uint8Array(65536)
  for (const shape of shapes) {
    const pair = (shape.anchor.charCodeAt(0) << 8) | shape.anchor.charCodeAt(1)
    if (groupAt[pair] === 0) {
      groupAt[pair] = groups.length
      groups.push([])
    }
    groups[groupAt[pair]!]!.push(shape)
  }
  if (groups.length > 256) throw new Error('more beginnings of anchors than the table tells apart')

  return (text: string, found: (shape: Shape, at: number) => void): void => {
    let code = text.charCodeAt(0)
    for (let at = 0, last = text.length - 1; at < last; at++) {
      const next = text.charCodeAt(at + 1)
      // Characters beyond latin1 may meet a wrong group; what follows looks again.
      const group = groupAt[((code << 8) | next) & 0xffff]!
      code = next
      if (group === 0) continue
      for (const shape of groups[group]!) if (text.startsWith(shape.anchor, at)) found(shape, at)
    }
  }
}
