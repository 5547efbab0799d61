import { isIPv4, isIPv6 } from 'node:net'
import { UsageError } from '../cli/usage-error.ts'

/** A bare address becomes a network of one. @throws UsageError when it is neither */
export function parseCidr(text: string): string {
  const [address = '', prefix, ...more] = text.split('/')
  const widest = isIPv4(address) ? 32 : isIPv6(address) ? 128 : 0
  const length = prefix === undefined ? widest : /^\d+$/.test(prefix) ? Number(prefix) : Number.NaN
  if (widest === 0 || more.length > 0 || !(length >= 0 && length <= widest)) {
    throw new UsageError(`invalid value '${text}' for '--allow-cidr <CIDR>': invalid CIDR: ${text}`)
  }
  return `${address}/${length}`
}

export const isLoopback = (cidr: string): boolean => /^127\.|^::1\//.test(cidr)
