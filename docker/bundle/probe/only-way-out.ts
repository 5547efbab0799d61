import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { ProbeInput } from '../../../server/contract/probe.ts'
import { green, type Outcome, red } from './outcome.ts'

/** The bottle is on its own network alone, and nothing there leads further. */
export async function onlyWayOut({ subnets }: ProbeInput): Promise<Outcome> {
  const allowed = new BlockList()
  for (const subnet of subnets) allowed.addSubnet(subnet.split('/')[0]!, Number(subnet.split('/')[1]), 'ipv4')
  const strange = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses
      .filter(
        ({ address, internal, scopeid }) =>
          !internal && !scopeid && !(isIP(address) === 4 && allowed.check(address, 'ipv4')),
      )
      .map(({ address }) => `${name} ${address}`),
  )
  if (strange.length > 0) return red(`The bottle is on a network of its own besides: ${strange.join(', ')}.`)
  const elsewhere = defaultGateways().filter((gateway) => !allowed.check(gateway, 'ipv4'))
  if (elsewhere.length > 0) return red(`There is a way out by ${elsewhere.join(', ')}.`)
  return green('One network, and nobody on it who leads further.')
}

/**
 * The engine writes a default route to the bridge's address, which nobody has; the live listeners show that.
 * @see proc(5), /proc/net/route: destination, gateway and mask as little-endian hexadecimal
 */
function defaultGateways(): string[] {
  const lines = readFileSync('/proc/net/route', 'utf8').trim().split('\n').slice(1)
  return lines.flatMap((line) => {
    const columns = line.trim().split(/\s+/)
    if (columns[1] !== '00000000' || columns[7] !== '00000000') return []
    return [
      (columns[2]!.match(/../g) ?? [])
        .reverse()
        .map((byte) => Number.parseInt(byte, 16))
        .join('.'),
    ]
  })
}
