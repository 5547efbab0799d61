import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Command, World } from '../cli/command.ts'
import type { Args } from '../cli/parse-args.ts'
import { UsageError } from '../cli/usage-error.ts'
import { agentFailed, Failure } from '../failure.ts'
import { runInside } from '../machine/exec-inside.ts'
import { reachable } from '../machine/reachable.ts'

/** As root: beside, then renamed, so that a half file is never seen. `$1` path, `$2` mode, `$3` and `$4` ids or nothing. */
const UPLOAD = `set -e
umask 022
mkdir -p "\${1%/*}/"
cat > "$1.smolvm-tmp"
chmod "$2" "$1.smolvm-tmp"
[ -z "$3" ] || chown "$3" "$1.smolvm-tmp"
[ -z "$4" ] || chown ":$4" "$1.smolvm-tmp"
[ ! -d "$1" ] || { echo "is a directory: $1" >&2; rm "$1.smolvm-tmp"; exit 1; }
mv -f "$1.smolvm-tmp" "$1"`
const DOWNLOAD = `[ -f "$1" ] || { echo "not a regular file: $1" >&2; exit 1; }; cat "$1"`

const octal = (value: string) => {
  if (!/^[0-7]{3,4}$/.test(value)) throw new UsageError(`invalid value '${value}' for '--mode <OCTAL>'`)
}

/** One regular file, in or out. */
export const cp: Command = {
  spec: (profile) => ({
    usage: 'smolvm machine cp [OPTIONS] <SRC> <DST>',
    positionals: ['SRC', 'DST'],
    options: profile.has('cp ownership')
      ? [
          { long: 'mode', value: 'OCTAL', check: octal },
          { long: 'uid', value: 'N' },
          { long: 'gid', value: 'N' },
        ]
      : [],
  }),
  async run(args, world) {
    const [from, to] = [placeOf(args.positional(0)!), placeOf(args.positional(1)!)]
    if ((from.machine === null) === (to.machine === null)) {
      throw new Failure('exactly one of source and destination must be machine:path')
    }
    const machine = (await reachable((from.machine ?? to.machine)!, world)).name
    const bytes = to.machine
      ? await upload(world, machine, from.path, to.path, args)
      : await download(world, machine, from.path, to.path)
    world.warn(`Copied ${bytes} bytes`)
    return 0
  },
}

async function upload(world: World, machine: string, from: string, to: string, args: Args): Promise<number> {
  const facts = await stat(from).catch(() => null)
  if (!facts) throw new Failure(`file not found: ${from}`)
  if (!facts.isFile()) throw new Failure(`not a regular file: ${from}`)
  const content = await readFile(from)
  const given = [to, args.one('mode') ?? '0644', args.one('uid') ?? '', args.one('gid') ?? '']
  await script(world, machine, UPLOAD, given, content)
  return content.length
}

async function download(world: World, machine: string, from: string, to: string): Promise<number> {
  const content = await script(world, machine, DOWNLOAD, [from])
  await mkdir(path.dirname(path.resolve(to)), { recursive: true })
  const beside = `${to}.smolvm-tmp`
  await new Promise<void>((resolve, reject) =>
    createWriteStream(beside).once('error', reject).once('finish', resolve).end(content),
  )
  await rename(beside, to)
  return content.length
}

async function script(
  world: World,
  machine: string,
  text: string,
  args: readonly string[],
  input?: Buffer,
): Promise<Buffer> {
  const command = ['/bin/sh', '-c', text, 'cp', ...args]
  const { code, stdout, stderr } = await runInside(world, machine, { command, user: '0' }, input)
  if (code !== 0) throw agentFailed('cp', stderr.trim())
  return stdout
}

/** Split at the first colon, also of a local path that has one: as upstream misreads it. */
function placeOf(text: string): { machine: string | null; path: string } {
  const colon = text.indexOf(':')
  return colon < 0 ? { machine: null, path: text } : { machine: text.slice(0, colon), path: text.slice(colon + 1) }
}
