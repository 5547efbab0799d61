import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { World } from '../cli/command.ts'
import { Failure } from '../failure.ts'
import { type GuestImage, type ImageConfig, importedImage } from '../image/guest-image.ts'
import { crc32 } from './crc32.ts'
import { damaged, FOOTER_BYTES, type Footer, readFooter } from './footer.ts'
import { hostArchitecture, type PackManifest } from './manifest.ts'

/** @throws Failure for what is no artifact, damaged, or made for another architecture */
export async function unpackArtifact(world: World, file: string): Promise<{ image: GuestImage; network: boolean }> {
  const manifest = await readArtifact(file)
  if (world.profile.has('gateway to loopback') && !manifest.platform.endsWith(`/${hostArchitecture()}`)) {
    throw new Failure(`pack operation failed: read: artifact is for ${manifest.platform}, not for this machine`)
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'fake-smolvm-'))
  try {
    await untar(file, folder)
    const config = JSON.parse(await readFile(path.join(folder, manifest.assets.config), 'utf8')) as ImageConfig
    const layer = createReadStream(path.join(folder, manifest.assets.layers[0]!.path))
    return { image: await importedImage(world, layer, changesOf(config)), network: manifest.network }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Reads all of it once, because the sum is over all of it. */
async function readArtifact(file: string): Promise<PackManifest> {
  const size = (await stat(file).catch(() => null))?.size
  if (size === undefined) throw new Failure(`pack operation failed: read: no such file: ${file}`)
  const { footer, manifest } = await ends(file, size)
  let sum = 0
  const whole = createReadStream(file, { end: size - FOOTER_BYTES - 1, highWaterMark: 1 << 20 })
  for await (const chunk of whole) sum = crc32(chunk as Buffer, sum)
  if (sum !== footer.checksum) throw damaged('checksum mismatch')
  return JSON.parse(manifest.toString()) as PackManifest
}

async function ends(file: string, size: number): Promise<{ footer: Footer; manifest: Buffer }> {
  await using handle = await open(file)
  const read = async (length: number, position: number) =>
    (await handle.read(Buffer.alloc(length), 0, length, Math.max(0, position))).buffer
  const footer = readFooter(await read(Math.min(FOOTER_BYTES, size), size - FOOTER_BYTES), size)
  return { footer, manifest: await read(footer.manifestSize, footer.assetsSize) }
}

/** What follows the assets (manifest, footer) is not zstd, and `zstd` says so: the archive has ended by then. */
async function untar(file: string, folder: string): Promise<void> {
  const size = (await stat(file)).size
  const { footer } = await ends(file, size)
  const tar = spawn('tar', ['-C', folder, '-I', 'zstd', '-x', '-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'] })
  createReadStream(file, { end: footer.assetsSize - 1 }).pipe(tar.stdin)
  const code = await new Promise<number | null>((resolve, reject) => tar.once('close', resolve).once('error', reject))
  if (code !== 0) throw damaged('assets cannot be unpacked (is zstd installed?)')
}

function changesOf(config: ImageConfig): string[] {
  return [
    ...(config.Env ?? []).map(
      (pair) => `ENV ${pair.slice(0, pair.indexOf('='))}=${JSON.stringify(pair.slice(pair.indexOf('=') + 1))}`,
    ),
    ...(config.User ? [`USER ${config.User}`] : []),
    ...(config.WorkingDir ? [`WORKDIR ${config.WorkingDir}`] : []),
    ...(config.Entrypoint ? [`ENTRYPOINT ${JSON.stringify(config.Entrypoint)}`] : []),
    ...(config.Cmd ? [`CMD ${JSON.stringify(config.Cmd)}`] : []),
  ]
}
