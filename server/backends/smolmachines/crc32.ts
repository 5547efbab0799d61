/** The CRC-32 of zip and PNG (IEEE 802.3, reflected 0xEDB88320). Node has one of its own from 22.2 on. */
const TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  let sum = n
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
  return sum
})

/** @param before the sum of what comes before these bytes */
export function crc32(bytes: Uint8Array, before = 0): number {
  let sum = ~before
  for (let at = 0; at < bytes.length; at++) sum = (sum >>> 8) ^ TABLE[(sum ^ bytes[at]!) & 0xff]!
  return ~sum >>> 0
}
