import { Failure } from '../failure.ts'

export const FOOTER_BYTES = 64
const MAGIC = 'SMOLPACK'
const VERSIONS = [1, 2, 3]

/** The end of an artifact: where its two parts are. Offsets and sizes in bytes. */
export interface Footer {
  assetsSize: number
  manifestSize: number
  /** Over assets and manifest. */
  checksum: number
}

export function writeFooter({ assetsSize, manifestSize, checksum }: Footer): Buffer {
  const footer = Buffer.alloc(FOOTER_BYTES)
  footer.write(MAGIC, 'latin1')
  footer.writeUInt32LE(VERSIONS[0]!, 8)
  // No launcher before the assets: stub size and assets offset stay 0.
  footer.writeBigUInt64LE(BigInt(assetsSize), 28)
  footer.writeBigUInt64LE(BigInt(assetsSize), 36)
  footer.writeBigUInt64LE(BigInt(manifestSize), 44)
  footer.writeUInt32LE(checksum, 52)
  return footer
}

/** @param fileSize of the whole artifact. @throws Failure for a wrong magic or version, and for parts that do not fit */
export function readFooter(footer: Buffer, fileSize: number): Footer {
  if (footer.length < FOOTER_BYTES || footer.toString('latin1', 0, 8) !== MAGIC) {
    throw damaged('bad magic: not a smolmachine')
  }
  const version = footer.readUInt32LE(8)
  if (!VERSIONS.includes(version)) throw damaged(`unsupported version ${version}`)
  const numbers = [12, 20, 28, 36, 44].map((at) => Number(footer.readBigUInt64LE(at)))
  const [stub, assetsAt, assetsSize, manifestAt, manifestSize] = numbers as [number, number, number, number, number]
  const fits =
    stub === 0 && assetsAt === 0 && manifestAt === assetsSize && assetsSize + manifestSize + FOOTER_BYTES === fileSize
  if (!fits) throw damaged('truncated: parts are out of bounds')
  return { assetsSize, manifestSize, checksum: footer.readUInt32LE(52) }
}

export const damaged = (why: string): Failure => new Failure(`pack operation failed: read: ${why}`)
