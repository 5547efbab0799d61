import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type PackRequest, packArtifact } from '../artifact/pack.ts'
import type { Command, World } from '../cli/command.ts'
import type { Args } from '../cli/parse-args.ts'
import { agentFailed, configFailed, Failure, notImitated } from '../failure.ts'
import { inspectImage, isLocal, releaseImage } from '../image/guest-image.ts'
import { isLoopback, registryImage } from '../image/registry-image.ts'
import { containerName, HOME_LABEL, LABEL } from '../machine/names.ts'

const NOT_IMITATED = ['smolfile', 'oci-platform', 'entrypoint', 'single-file']

/** Two files: `PATH`, the launcher (here a stub that says so), and `PATH.smolmachine`, the artifact. */
export const packCreate: Command = {
  spec: () => ({
    usage: 'smolvm pack create [OPTIONS] --output <PATH>',
    conflicts: [
      ['image', 'from-vm'],
      ['image', 'smolfile'],
    ],
    options: [
      { long: 'image', short: 'I', value: 'IMAGE' },
      { long: 'from-vm', value: 'NAME' },
      { long: 'smolfile', short: 's', value: 'PATH' },
      { long: 'output', short: 'o', value: 'PATH' },
      { long: 'cpus', value: 'N' },
      { long: 'mem', value: 'MIB' },
      { long: 'oci-platform', value: 'PLATFORM' },
      { long: 'entrypoint', value: 'CMD' },
      { long: 'no-sign' },
      { long: 'single-file' },
    ],
  }),
  async run(args, world) {
    for (const flag of NOT_IMITATED) if (args.has(flag)) throw notImitated(`--${flag}`)
    const output = args.one('output')
    if (!output) throw new Failure('pack operation failed: no output path, give -o PATH')
    if (output.endsWith('.smolmachine') && world.profile.has('pack refuses ending')) {
      throw new Failure('pack operation failed: the output must not end in .smolmachine, which is added')
    }
    const folder = await mkdtemp(path.join(tmpdir(), 'fake-smolvm-'))
    try {
      const { request, release } = await source(args, world)
      try {
        await packArtifact(world, request, `${output}.smolmachine`, folder)
      } finally {
        await release()
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    await writeFile(output, '#!/bin/sh\necho "packed by fake-smolvm: nothing to launch" >&2\nexit 1\n')
    await chmod(output, 0o755)
    world.say(`Packed ${output}.smolmachine`)
    return 0
  },
}

interface Source {
  request: PackRequest
  release(): Promise<void>
}

async function source(args: Args, world: World): Promise<Source> {
  const sizes = { cpus: Number(args.one('cpus') ?? 4), mem: Number(args.one('mem') ?? 8192), network: false }
  const machine = args.one('from-vm')
  if (machine !== undefined) return { request: { ...(await ofMachine(world, machine)), ...sizes }, async release() {} }
  const reference = args.one('image')
  if (reference === undefined) throw new Failure('pack operation failed: give --image or --from-vm')
  if (isLocal(reference)) throw configFailed('pack', `invalid image reference: ${reference}`)
  if (isLoopback(reference) && world.profile.has('pack refuses loopback')) {
    throw agentFailed('pull', `${reference}: connection refused`)
  }
  world.say(`Pulling ${reference}...`)
  const image = await registryImage(world, reference)
  const container = `fake-smolvm-${world.home}-pack-${randomBytes(4).toString('hex')}`
  const engine = await world.engine()
  await engine.call('POST', `/containers/create?name=${container}`, {
    Image: image.id,
    Cmd: ['true'],
    Labels: { [LABEL]: world.profile.version, [HOME_LABEL]: world.home },
    HostConfig: { NetworkMode: 'none' },
  })
  return {
    request: { reference, image, container, ...sizes },
    async release() {
      await engine.call('DELETE', `/containers/${container}?force=1&v=1`)
      await releaseImage(world, image.id)
    },
  }
}

/** What a machine has become. One made from a local archive is refused: upstream allows it after 1.9.3 only. */
async function ofMachine(world: World, name: string): Promise<Pick<PackRequest, 'reference' | 'image' | 'container'>> {
  const record = await (await world.store()).get(name)
  if (record.fake_archive) {
    throw new Failure(`pack operation failed: machine '${name}' was made from a local image, which cannot be packed`)
  }
  const image = await inspectImage(world, record.fake_image_id!)
  if (!image) throw agentFailed('pack', 'the image is gone')
  return { reference: record.image ?? name, image, container: containerName(world.home, name) }
}
