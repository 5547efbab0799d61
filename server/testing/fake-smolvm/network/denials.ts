import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import type { MachineRecord } from '../record/machine.ts'

const KEPT_S = 3600

export interface Denial {
  /** ISO 8601. Of the last time, where something was refused more than once. */
  timestamp: string
  operation: 'tcp' | 'udp'
  /** `10.0.0.1:22` */
  dest: string
}

/** What the machine's gateway refused since its start, at most an hour ago; the newest first. */
export async function denials({ fake_gateway }: Pick<MachineRecord, 'fake_gateway'>, limit: number): Promise<Denial[]> {
  if (fake_gateway === null || !existsSync(`/proc/${fake_gateway}/ns/net`)) return []
  const nft = spawn('nsenter', [
    `--net=/proc/${fake_gateway}/ns/net`,
    'nft',
    '-j',
    'list',
    'set',
    'ip',
    'smolvm',
    'denied',
  ])
  const { nftables } = JSON.parse(await text(nft.stdout)) as { nftables: { set?: { elem?: SetElement[] } }[] }
  const elements = nftables.flatMap(({ set }) => set?.elem ?? [])
  return elements
    .sort((a, b) => b.elem.expires - a.elem.expires)
    .slice(0, limit)
    .map(({ elem: { val, expires } }) => ({
      timestamp: new Date(Date.now() - (KEPT_S - expires) * 1000).toISOString(),
      operation: val.concat[0],
      dest: `${val.concat[1]}:${val.concat[2]}`,
    }))
}

interface SetElement {
  elem: { val: { concat: ['tcp' | 'udp', string, number] }; expires: number }
}
