import { type FileHandle, open } from 'node:fs/promises'

const BLOCK = 512

/**
 * Reads one small file out of a tar without reading the rest: `docker save` puts its index behind gigabytes of layers.
 *
 * @returns its content, or null when the tar has no such entry
 * @see https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export async function tarEntry(file: string, name: string): Promise<Buffer | null> {
  await using tar = await open(file)
  for (let at = 0; ; ) {
    const header = await block(tar, at, BLOCK)
    if (header.length < BLOCK || header[0] === 0) return null
    const size = sizeIn(header)
    if (Number.isNaN(size)) return null
    if (nameIn(header) === name) return block(tar, at + BLOCK, size)
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
}

async function block(tar: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await tar.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

const textOf = (header: Buffer, from: number, to: number) => header.toString('latin1', from, to).replace(/\0.*$/s, '')
const nameIn = (header: Buffer) => textOf(header, 0, 100).replace(/^\.\//, '')
/** Octal, or binary behind a set first bit where octal is too short. */
const sizeIn = (header: Buffer) =>
  header[124]! & 0x80 ? Number(header.readBigUInt64BE(128)) : Number.parseInt(textOf(header, 124, 136).trim() || '0', 8)
