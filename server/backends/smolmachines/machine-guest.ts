import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { HintedError } from '../../errors.ts'
import type { GuestAccess, GuestCommand, GuestResult, GuestUser } from '../../guest/guest-access.ts'
import { can } from './capabilities.ts'
import type { Smolvm } from './smolvm.ts'

/**
 * Steps down to the agent's user, as a container of the docker backend would run it: no privilege to come back, no
 * capability. (A micro-VM runs programs as root of its own kernel.)
 */
const AS_NODE = [
  'setpriv',
  '--reuid=1000',
  '--regid=1000',
  '--clear-groups',
  '--no-new-privs',
  '--inh-caps=-all',
  '--bounding-set=-all',
  '--',
] as const

export const asUser = (user: GuestUser, command: readonly string[]): string[] =>
  user === 'root' ? [...command] : [...AS_NODE, ...command]

/** A running micro-VM as a guest. */
export function machineGuest(smolvm: Smolvm, machine: string): GuestAccess {
  const streams = async () => can(await smolvm.version(), 'stdin')

  async function run({ command, user, stdin, signal }: GuestCommand): Promise<GuestResult> {
    const argv = asUser(user, command)
    if (!stdin) return smolvm.exec(machine, argv, { signal })
    if (await streams()) return smolvm.exec(machine, argv, { stdin, signal })
    return withCopy(stdin, signal, (file) =>
      smolvm.exec(machine, ['sh', '-c', 'input=$1; shift; exec "$@" < "$input"', 'sh', file, ...argv], { signal }),
    )
  }

  async function unpack(tar: Readable, folder: string, signal: AbortSignal): Promise<void> {
    const extract = (from: string) => ['tar', '-x', '-p', '--numeric-owner', '-C', folder, '-f', from]
    const { code, stderr } = (await streams())
      ? await smolvm.exec(machine, extract('-'), { stdin: tar, signal })
      : await withCopy(tar, signal, (file) => smolvm.exec(machine, extract(file), { signal }))
    if (code !== 0)
      throw new HintedError(
        `Files could not be unpacked in the machine: ${stderr.trim().slice(-300) || `tar ended with ${code}`}`,
        'An agent image for micro-VMs needs tar and setpriv (util-linux), which Debian and Alpine images can have.',
      )
  }

  /** For versions that carry no standard input: by way of a file on both sides, removed whatever happens. */
  async function withCopy<T>(
    content: Buffer | Readable,
    signal: AbortSignal | undefined,
    use: (guestFile: string) => Promise<T>,
  ): Promise<T> {
    const folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-copy-'))
    const file = path.join(folder, 'content')
    // Not below /tmp, which may be laid over after the first program has run.
    const guestFile = `/var/lib/bot-bottle-${randomUUID()}`
    try {
      if (content instanceof Buffer) await writeFile(file, content, { mode: 0o600 })
      else await pipeline(content, createWriteStream(file, { mode: 0o600 }), { ...(signal && { signal }) })
      await smolvm.copyIn(machine, file, guestFile, signal)
      await smolvm.exec(machine, ['chmod', '0644', guestFile], { signal })
      return await use(guestFile)
    } finally {
      await rm(folder, { recursive: true, force: true })
      await smolvm.exec(machine, ['rm', '-f', guestFile]).catch(() => {})
    }
  }

  return { run, unpack }
}
