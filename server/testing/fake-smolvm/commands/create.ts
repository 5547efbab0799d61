import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { unpackArtifact } from '../artifact/unpack.ts'
import type { Command, World } from '../cli/command.ts'
import type { Args } from '../cli/parse-args.ts'
import { configFailed, notImitated } from '../failure.ts'
import { bareImage } from '../image/bare-image.ts'
import { type GuestImage, isLocal, localImage } from '../image/guest-image.ts'
import { registryImage } from '../image/registry-image.ts'
import { ensureContainer, removeContainer } from '../machine/container.ts'
import { checkName, type MachineRecord } from '../record/machine.ts'
import { machineDirOf } from '../record/places.ts'
import { taken } from '../record/store.ts'
import { createSpec } from './create-options.ts'
import { createPolicy } from './create-policy.ts'
import { nameOf } from './names.ts'
import { pairs } from './pairs.ts'

const NOT_IMITATED = ['smolfile', 'port', 'ssh-agent', 'gpu', 'gpu-vram', 'secret-env', 'secret-file']

/** Writes the record and brings the image; nothing runs. */
export const create: Command = {
  spec: createSpec,
  async run(args, world) {
    const name = checkName(nameOf(args) ?? `vm-${randomBytes(4).toString('hex')}`)
    for (const flag of NOT_IMITATED) if (args.has(flag)) throw notImitated(`--${flag}`)
    const store = await world.store()
    if ((await store.list()).some((machine) => machine.name === name)) throw taken(name)

    const source = await sourceOf(args, world)
    const policy = await createPolicy(args, world.profile, source.packNetwork)
    await store.insert({ ...recordOf(name, args, source), ...policy })
    try {
      await mkdir(machineDirOf(world.dataDir, name), { recursive: true })
      await removeContainer(world, name)
      await ensureContainer(world, await store.get(name))
    } catch (error) {
      await store.remove(name)
      await rm(machineDirOf(world.dataDir, name), { recursive: true, force: true })
      throw error
    }
    tell(await store.get(name), args, world)
    return 0
  },
}

interface Source {
  image: GuestImage
  archive: boolean
  /** Null when not made from an artifact. */
  packNetwork: boolean | null
  artifact: string | null
}

async function sourceOf(args: Args, world: World): Promise<Source> {
  const [reference, from] = [args.one('image'), args.one('from')]
  if (from !== undefined) {
    world.say(`Extracting ${from}...`)
    const { image, network } = await unpackArtifact(world, from)
    return { image, archive: false, packNetwork: network, artifact: path.resolve(from) }
  }
  if (reference === undefined)
    return { image: await bareImage(world), archive: false, packNetwork: null, artifact: null }
  if (!isLocal(reference)) {
    return { image: await registryImage(world, reference), archive: false, packNetwork: null, artifact: null }
  }
  if (!world.profile.has('local archives')) throw configFailed('create', `invalid image reference: ${reference}`)
  return { image: await localImage(world, reference), archive: true, packNetwork: null, artifact: null }
}

function recordOf(name: string, args: Args, { image, archive, artifact }: Source) {
  const number = (flag: string, fallback: number | null) => (args.has(flag) ? Number(args.one(flag)) : fallback)
  const record: Omit<MachineRecord, 'network' | 'network_backend' | 'allowed_cidrs' | 'dns_filter_hosts'> = {
    name,
    state: 'created',
    cpus: number('cpus', 4)!,
    mem: number('mem', 8192)!,
    storage_gb: number('storage', null),
    overlay_gb: number('overlay', null),
    pid: null,
    pid_start_time: null,
    created_at: String(Math.floor(Date.now() / 1000)),
    mounts: args.all('volume').map(mountOf),
    ports: [],
    env: pairs(args.all('env')),
    workdir: args.one('workdir') ?? null,
    init: args.all('init'),
    init_completed: false,
    image: args.one('image') ?? null,
    source_smolmachine: artifact,
    entrypoint: args.rest.length > 0 ? [] : (image.config.Entrypoint ?? []),
    cmd: args.rest.length > 0 ? args.rest : (image.config.Cmd ?? []),
    labels: Object.fromEntries(pairs(args.all('label'))),
    fake_image_id: image.id,
    fake_user: image.config.User || '0',
    fake_archive: archive,
    fake_gateway: null,
    fake_failing_execs: 0,
    fake_fresh: true,
  }
  return record
}

function mountOf(text: string): [string, string, boolean] {
  const [host = '', guest = '', mode] = text.split(':')
  if (!host || !guest.startsWith('/') || (mode !== undefined && mode !== 'ro')) {
    throw configFailed('create', `invalid volume: ${text}`)
  }
  return [path.resolve(host), guest, mode === 'ro']
}

function tell(record: MachineRecord, args: Args, { say }: World): void {
  say(`Created machine: ${record.name}`)
  say(`  CPUs: ${record.cpus}, Memory: ${record.mem} MiB`)
  if (args.has('volume')) say(`  Mounts: ${record.mounts.length}`)
  if (args.has('init')) say(`  Init commands: ${record.init.length}`)
  say('')
  say(`Use 'smolvm machine start --name ${record.name}' to start the machine`)
  say(`Use 'smolvm machine exec --name ${record.name} -- <command>' to run a command in it`)
}
