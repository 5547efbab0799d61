import { createReadStream, createWriteStream } from 'node:fs'
import { appendFile, copyFile, mkdir, open, rename, stat, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { World } from '../cli/command.ts'
import { agentFailed } from '../failure.ts'
import type { GuestImage } from '../image/guest-image.ts'
import { runTool } from '../image/run-tool.ts'
import { crc32 } from './crc32.ts'
import { writeFooter } from './footer.ts'
import { hostArchitecture, type PackManifest } from './manifest.ts'
import { sha256Of } from './sha256-of.ts'

export interface PackRequest {
  /** As it was asked for. */
  reference: string
  image: GuestImage
  /** A container from whose file system the one layer is taken. */
  container: string
  cpus: number
  mem: number
  network: boolean
}

/** Writes the artifact: all layers merged into one, as a zstd tar; manifest; footer. @param folder for what is made on the way */
export async function packArtifact(
  world: World,
  request: PackRequest,
  artifact: string,
  folder: string,
): Promise<void> {
  const assets = path.join(folder, 'assets')
  await mkdir(path.join(assets, 'layers'), { recursive: true })
  const layer = path.join(assets, 'layers', 'merged.tar')
  const engine = await world.engine()
  await pipeline(await engine.download(`/containers/${request.container}/export`), createWriteStream(layer))
  const digest = await sha256Of(layer)
  await rename(layer, path.join(assets, 'layers', `${digest}.tar`))
  await writeFile(path.join(assets, 'config.json'), JSON.stringify(request.image.config))

  const whole = path.join(folder, 'artifact')
  const args = ['-C', assets, '-I', 'zstd -q -T0 -1', '-c', '-f', whole, 'layers', 'config.json']
  const { code, stderr } = await runTool('tar', args)
  if (code !== 0) throw agentFailed('pack', stderr.trim())
  const size = (await stat(path.join(assets, 'layers', `${digest}.tar`))).size
  await finish(whole, manifestOf(world, request, { digest, size }))
  await spoil(world, whole)
  await pause(world.knobs.packMs)
  await copyFile(whole, artifact)
}

async function finish(file: string, manifest: PackManifest): Promise<void> {
  const assetsSize = (await stat(file)).size
  let sum = 0
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) sum = crc32(chunk as Buffer, sum)
  const text = Buffer.from(JSON.stringify(manifest))
  const footer = writeFooter({ assetsSize, manifestSize: text.length, checksum: crc32(text, sum) })
  await appendFile(file, Buffer.concat([text, footer]))
}

function manifestOf(
  world: World,
  { reference, image, cpus, mem, network }: PackRequest,
  layer: { digest: string; size: number },
): PackManifest {
  const { config } = image
  const platform = `linux/${hostArchitecture()}`
  return {
    mode: 'container',
    image: reference,
    digest: image.id,
    platform,
    entrypoint: config.Entrypoint ?? [],
    cmd: config.Cmd ?? [],
    env: config.Env ?? [],
    workdir: config.WorkingDir || null,
    cpus,
    mem,
    image_size: layer.size,
    network,
    gpu: false,
    host_platform: platform,
    created: new Date().toISOString(),
    smolvm_version: world.profile.version,
    assets: {
      layers: [{ digest: `sha256:${layer.digest}`, path: `layers/${layer.digest}.tar`, size: layer.size }],
      config: 'config.json',
    },
  }
}

/** Knob: as a disk or an interrupted copy would damage it. */
async function spoil(world: World, file: string): Promise<void> {
  const { size } = await stat(file)
  if (world.knobs.packDamage === 'truncated') await truncate(file, Math.floor(size / 2))
  if (world.knobs.packDamage !== 'flipped') return
  await using handle = await open(file, 'r+')
  const at = Math.floor(size / 2)
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at)
  await handle.write(Buffer.from([buffer[0]! ^ 1]), 0, 1, at)
}
