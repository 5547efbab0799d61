import { spawn } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { World } from '../cli/command.ts'
import { agentFailed, configFailed } from '../failure.ts'
import { imageTag } from '../machine/names.ts'
import { tarEntry } from './tar-entry.ts'

export interface ImageConfig {
  User: string
  Env: readonly string[] | null
  Cmd: readonly string[] | null
  Entrypoint: readonly string[] | null
  WorkingDir: string
}

/** An image that the engine has, from which machines are made. */
export interface GuestImage {
  id: string
  config: ImageConfig
}

/** `./x.tar`, `-` (standard input) or `./rootfs/`, from 1.1.0; anything else is a registry's reference. */
export const isLocal = (reference: string): boolean => reference === '-' || /^(\.{1,2}\/|\/)/.test(reference)

/** @throws Failure when it is neither an archive of `docker save` nor a folder with a root file system */
export async function localImage(world: World, reference: string): Promise<GuestImage> {
  if (reference === '-') return spooled(world, process.stdin)
  const facts = await stat(reference).catch(() => null)
  if (!facts) throw configFailed('create', `image archive not found: ${reference}`)
  if (!facts.isDirectory()) return archivedImage(world, reference)
  const tar = spawn('tar', ['-C', reference, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] })
  return importedImage(world, tar.stdout, [])
}

/** Brings an archive to the engine, unless the image is there already: then nothing is read but the archive's index. */
export async function archivedImage(world: World, file: string): Promise<GuestImage> {
  const id = imageIdIn(await tarEntry(file, 'manifest.json'))
  if (!id) throw configFailed('create', `not an image archive: ${file}`)
  const present = await inspectImage(world, id)
  if (present) return present
  const engine = await world.engine()
  await engine.upload('POST', '/images/load?quiet=1', createReadStream(file))
  const loaded = await inspectImage(world, id)
  if (!loaded) throw configFailed('create', `the archive does not hold the image that it names: ${file}`)
  await tagAsOurs(world, id)
  return loaded
}

/** Makes an image of a root file system. @param changes lines of a Dockerfile */
export async function importedImage(world: World, tar: Readable, changes: readonly string[]): Promise<GuestImage> {
  const query = new URLSearchParams([['fromSrc', '-'], ...changes.map((change) => ['changes', change])])
  const engine = await world.engine()
  const said = await engine.upload('POST', `/images/create?${query}`, tar)
  const id = /sha256:[0-9a-f]{64}/.exec(said)?.[0]
  const image = id ? await inspectImage(world, id) : null
  if (!image) throw agentFailed('image', `the engine took no image: ${said}`)
  await tagAsOurs(world, image.id)
  return image
}

export async function inspectImage(world: World, id: string): Promise<GuestImage | null> {
  const engine = await world.engine()
  const facts = await engine.call<{ Id: string; Config: ImageConfig }>('GET', `/images/${id}/json`)
  return facts && { id: facts.Id, config: facts.Config }
}

async function tagAsOurs(world: World, id: string): Promise<void> {
  const [repo, tag] = imageTag(world.home, id).split(':')
  const engine = await world.engine()
  await engine.call('POST', `/images/${id}/tag?${new URLSearchParams({ repo: repo!, tag: tag! })}`)
}

/** Removes an image that we brought, once no machine of this home is made from it. */
export async function releaseImage(world: World, id: string): Promise<void> {
  const users = (await (await world.store()).list()).filter((record) => record.fake_image_id === id)
  if (users.length > 0) return
  const engine = await world.engine()
  await engine.call('DELETE', `/images/${imageTag(world.home, id)}`).catch(() => null)
}

async function spooled(world: World, input: Readable): Promise<GuestImage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fake-smolvm-'))
  try {
    const file = path.join(folder, 'image.tar')
    await pipeline(input, createWriteStream(file))
    return await archivedImage(world, file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The digest of its configuration is an image's id. */
function imageIdIn(manifest: Buffer | null): string | null {
  try {
    const [first] = JSON.parse(manifest!.toString()) as { Config: string }[]
    const hex = /([0-9a-f]{64})(\.json)?$/.exec(first!.Config)?.[1]
    return hex ? `sha256:${hex}` : null
  } catch {
    return null
  }
}
