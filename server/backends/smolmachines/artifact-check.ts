import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from './crc32.ts'

/** What is wrong with a file of the cache, as a clause; `absent` when there is none; null when it is whole. */
export type Damage = string | null

const TAR_END = 1024
const FOOTER = 64
const MAGIC = 'SMOLPACK'
const READ_SIZE = 4 * 2 ** 20

/** Packed artifacts that were read through, by inode, size and time: reading hundreds of megabytes is done once. */
const whole = new Set<string>()

/** An archive that was cut off lacks the two empty blocks with which every tar ends. */
export const archiveDamage = (file: string): Promise<Damage> =>
  withFile(file, async (handle, size) => {
    if (size < 2 * TAR_END) return 'it is too short'
    const end = Buffer.alloc(TAR_END)
    await handle.read(end, 0, TAR_END, size - TAR_END)
    return end.every((byte) => byte === 0) ? null : 'its end is missing'
  })

/**
 * Magic, bounds and checksum of what `smolvm pack create` writes: assets, manifest, then a footer of 64 bytes (magic,
 * version u32, stub size u64, offset and size of assets, offset and size of manifest u64, CRC-32 of both, zeros).
 */
export const artifactDamage = (file: string): Promise<Damage> =>
  withFile(file, async (handle, size, mark) => {
    if (whole.has(mark)) return null
    if (size < FOOTER) return 'it is too short'
    const footer = Buffer.alloc(FOOTER)
    await handle.read(footer, 0, FOOTER, size - FOOTER)
    if (footer.toString('latin1', 0, 8) !== MAGIC) return 'its footer is missing'
    const [assetsAt, assets, manifestAt, manifest] = [20, 28, 36, 44].map((at) => Number(footer.readBigUInt64LE(at)))
    if (assetsAt !== 0 || manifestAt !== assets || manifestAt! + manifest! !== size - FOOTER)
      return 'its parts do not fit'
    if ((await checksum(handle, size - FOOTER)) !== footer.readUInt32LE(52)) return 'its checksum is another one'
    whole.add(mark)
    return null
  })

async function withFile(
  file: string,
  look: (handle: FileHandle, size: number, mark: string) => Promise<Damage>,
): Promise<Damage> {
  const handle = await open(file).catch(() => null)
  if (!handle) return 'absent'
  try {
    const { size, mtimeMs, dev, ino } = await handle.stat()
    return await look(handle, size, `${dev} ${ino} ${size} ${mtimeMs}`)
  } finally {
    await handle.close()
  }
}

async function checksum(handle: FileHandle, length: number): Promise<number> {
  const chunk = Buffer.allocUnsafe(READ_SIZE)
  let sum = 0
  for (let at = 0; at < length; ) {
    const { bytesRead } = await handle.read(chunk, 0, Math.min(READ_SIZE, length - at), at)
    if (bytesRead === 0) break
    sum = crc32(chunk.subarray(0, bytesRead), sum)
    at += bytesRead
  }
  return sum
}
