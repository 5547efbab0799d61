import { z } from 'zod'
import { isAddress } from './address.ts'

/**
 * Reads the host of a route as egress compares it: lower case, international names as A-labels.
 *
 * @returns the host, or what is wrong with it and what to write instead
 */
export function hostName(text: string): { host: string } | { message: string; fix: string } {
  const named = JSON.stringify(text)
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)
  if (scheme || text.includes('/')) {
    const bare = text.slice(scheme?.[0].length ?? 0).split('/')[0]
    return {
      message: `${named} is an address, not a host.`,
      fix: `Write only the host: ${bare}. Paths go into matches.`,
    }
  }
  if (text.includes('*')) {
    return { message: `${named} has a wildcard; hosts are exact.`, fix: 'Write one route for each host.' }
  }
  if (text.startsWith('[') || (text.match(/:/g)?.length ?? 0) > 1) return ip(named)
  if (text.includes(':')) {
    const [host, port] = text.split(':')
    return { message: `${named} has a port.`, fix: `Write host: ${host} and ports: [${port}].` }
  }
  if (text.endsWith('.')) return { message: `${named} ends with a dot.`, fix: `Write ${text.replace(/\.+$/, '')}.` }
  const host = canonical(text)
  if (host && isAddress(host)) return ip(named)
  if (
    !host ||
    host.length > 253 ||
    !host.split('.').every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))
  ) {
    return { message: `${named} is not a host name.`, fix: 'Write a host such as api.example.com.' }
  }
  if (host === 'localhost' || host.endsWith('.localhost')) {
    return { message: `${named} is this machine, which no bottle may reach.`, fix: 'Remove the route.' }
  }
  return { host }
}

/** A host as the key of a map or the `host` of a route, made canonical. */
export const hostSchema = z
  .string()
  .describe('a host name such as api.example.com, without scheme, port or path')
  .transform((text, context) => {
    const read = hostName(text)
    if ('host' in read) return read.host
    context.addIssue({ code: 'custom', message: read.message, params: { fix: read.fix } })
    return z.NEVER
  })

const ip = (named: string) => ({
  message: `${named} is an IP address; routes are for host names.`,
  fix: 'Write a host name, and give it this address under egress.resolve if it needs a fixed one.',
})

/** The URL parser applies IDNA (UTS 46) and knows every spelling of an IPv4 address. */
function canonical(text: string): string | null {
  if (/[\s@%?#\\]/.test(text) || text === '') return null
  try {
    return new URL(`http://${text}/`).hostname
  } catch {
    return null
  }
}
