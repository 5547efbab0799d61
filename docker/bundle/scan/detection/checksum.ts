import { crc32 } from 'node:zlib'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The last six letters of tokens of GitHub (github.blog, 2021-04-05) and npm: a CRC-32 of the ones before, in base62. */
export function checksum62(body: string): string {
  let left = crc32(body)
  let text = ''
  for (; left > 0; left = Math.floor(left / 62)) text = BASE62[left % 62] + text
  return text.padStart(6, '0')
}

/** The last eight letters of a token of Cloudflare: the same, in hexadecimal. */
export const checksum16 = (body: string): string => crc32(body).toString(16).padStart(8, '0')
