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
import type { MachineFile } from './machine-file.ts'
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

/**
 * The kernel counts a user's processes over all of the machine and holds each program to its own limit: so every one
 * must be given it. It cannot be raised again. (`-u` to bash, `-p` to dash and busybox; where neither is known, or a
 * lower limit holds already, that one stays; none at all is refused.)
 */
const LIMITED = `ulimit -u "$1" 2>/dev/null || ulimit -p "$1" 2>/dev/null
case "$(ulimit -u 2>/dev/null || ulimit -p)" in unlimited | '') echo 'no limit of processes' >&2; exit 126; esac
shift; exec "$@"`

/** @param pids how many processes the guest's user may have in the machine */
export const asNode = (command: readonly string[], pids: number): string[] => [
  ...AS_NODE,
  ...['sh', '-c', LIMITED, 'limited', String(pids), ...command],
]

/** Unpacks what comes in as root, and becomes a program. */
const UNPACK = `tar -x -p --numeric-owner -C "$1" -f - || exit 97; shift; exec "$@"`
const NOT_UNPACKED = 97

/** Reads its input from a file that nobody else may read and that is gone before the program begins. */
const FROM_FILE = 'exec < "$1" || exit 96; rm -f "$1"; shift; exec "$@"'

export interface MachineGuest extends GuestAccess {
  /** Unpacks a tar, and runs a program as root once that is done: in one exec, because each costs a connection. */
  unpackThen(
    tar: Buffer | Readable,
    folder: string,
    command: readonly string[],
    signal?: AbortSignal,
  ): Promise<GuestResult>
}

/** A running micro-VM as a guest. @param pids as `asNode` takes it */
export function machineGuest(smolvm: Smolvm, { machine, pids }: Pick<MachineFile, 'machine' | 'pids'>): MachineGuest {
  const asUser = (user: GuestUser, command: readonly string[]) =>
    user === 'root' ? [...command] : asNode(command, pids)

  function run({ command, user, stdin, signal }: GuestCommand): Promise<GuestResult> {
    const argv = asUser(user, command)
    return stdin ? withInput(argv, stdin, signal) : smolvm.exec(machine, argv, { signal })
  }

  async function unpackThen(
    tar: Buffer | Readable,
    folder: string,
    command: readonly string[],
    signal?: AbortSignal,
  ): Promise<GuestResult> {
    const result = await withInput(['sh', '-c', UNPACK, 'unpack', folder, ...command], tar, signal)
    if (result.code !== NOT_UNPACKED) return result
    throw new HintedError(
      `Files could not be unpacked in the machine: ${result.stderr.trim().slice(-300)}`,
      'An agent image for micro-VMs needs tar and setpriv (util-linux), which Debian and Alpine images can have.',
    )
  }

  async function withInput(argv: string[], content: Buffer | Readable, signal?: AbortSignal): Promise<GuestResult> {
    if (can(await smolvm.version(), 'stdin')) return smolvm.exec(machine, argv, { stdin: content, signal })
    // Versions that carry no standard input: by way of a file on both sides, removed whatever happens.
    const folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-copy-'))
    const file = path.join(folder, 'content')
    // Not below /tmp, which may be laid over after the first program has run.
    const guestFile = `/var/lib/bot-bottle-${randomUUID()}`
    try {
      if (content instanceof Buffer) await writeFile(file, content, { mode: 0o600 })
      else await pipeline(content, createWriteStream(file, { mode: 0o600 }), { ...(signal && { signal }) })
      await smolvm.copyIn(machine, file, guestFile, signal)
      return await smolvm.exec(machine, ['sh', '-c', FROM_FILE, 'sh', guestFile, ...argv], { signal })
    } catch (error) {
      await smolvm.exec(machine, ['rm', '-f', guestFile]).catch(() => {})
      throw error
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  return {
    run,
    unpackThen,
    async unpack(tar, folder, signal) {
      await unpackThen(tar, folder, ['true'], signal)
    },
  }
}
