/** Addresses that no route may reach, whatever a manifest says, and what to call them. */
const METADATA = new Set(['100.100.100.200', '168.63.129.16', '[fd00:ec2::254]', '[fd20:ce::254]'])

/**
 * Reads an IP address and tells whether a bottle may be pointed at it.
 *
 * @returns the address in canonical form, or why it cannot be used; private addresses are fine, for a forge or a
 *   gateway inside a company; loopback, link-local, multicast and cloud metadata never are
 */
export function fixedAddress(text: string): { address: string } | { refused: string } {
  const host = hostOf(text)
  if (!host) return { refused: 'is not an IP address' }
  const mapped = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host)
  const v4 = mapped ? fromWords(Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)) : host
  const kind = refusedKind(v4)
  if (kind) return { refused: `is ${kind}, which a bottle may never reach` }
  return { address: v4.replace(/^\[|\]$/g, '') }
}

/** True for anything that a URL parser takes as an IP address, in whatever spelling: `127.1`, `0x7f000001`, `[::1]`. */
export const isAddress = (canonicalHost: string): boolean =>
  canonicalHost.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(canonicalHost)

function hostOf(text: string): string | null {
  const spelled = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)
    ? text
    : /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text)
      ? `[${text}]`
      : ''
  const url = spelled ? (URL.parse?.(`http://${spelled}/`) ?? parse(`http://${spelled}/`)) : null
  return url && isAddress(url.hostname) ? url.hostname : null
}

function parse(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

const fromWords = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join('.')

function refusedKind(host: string): string | null {
  if (METADATA.has(host)) return 'a cloud metadata address'
  if (host.startsWith('[')) {
    const first = Number.parseInt(host.slice(1).split(':')[0] || '0', 16)
    if (host === '[::1]' || host === '[::]') return 'a loopback address'
    if ((first & 0xffc0) === 0xfe80) return 'a link-local address'
    if ((first & 0xff00) === 0xff00) return 'a multicast address'
    return null
  }
  const [a = 0, b = 0] = host.split('.').map(Number)
  if (a === 127 || a === 0) return 'a loopback address'
  if (a === 169 && b === 254) return 'a link-local address (cloud metadata is there)'
  if (a >= 224) return 'a multicast or reserved address'
  return null
}
