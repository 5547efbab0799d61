const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** The CRC of zip and PNG, to be continued over chunks. @see https://www.w3.org/TR/png-3/#D-CRCAppendix */
export function crc32(chunk: Uint8Array, before = 0): number {
  let value = ~before
  for (const byte of chunk) value = TABLE[(value ^ byte) & 0xff]! ^ (value >>> 8)
  return ~value >>> 0
}
