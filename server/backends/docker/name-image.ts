import { createHash } from 'node:crypto'
import type { ImageInspectInfo } from 'dockerode'
import { pack } from 'tar-stream'
import type { Docker } from '../../engine/docker.ts'
import { readable } from '../../lib/readable-tar.ts'
import type { cleanConfig } from './frozen-config.ts'

interface Naming {
  /** Of the image whose layers are taken. */
  facts: ImageInspectInfo
  config: ReturnType<typeof cleanConfig>
  reference: string
  signal: AbortSignal
}

/**
 * Makes an image of layers that the engine has, with this configuration and no other past: a commit keeps the whole
 * configuration of its container beside the image's own (`ContainerConfig`, up to Docker 25). It is an archive of a few
 * hundred bytes, because layers that are there need not be in it.
 *
 * @returns false when the engine wants the layers all the same (the image store of containerd): nothing was made then
 */
export async function nameOnly(docker: Docker, { facts, config, reference, signal }: Naming): Promise<boolean> {
  const layers = facts.RootFS.Layers ?? []
  const image = JSON.stringify({
    architecture: facts.Architecture,
    os: facts.Os,
    created: facts.Created,
    config,
    rootfs: { type: 'layers', diff_ids: layers },
    history: [{ created: facts.Created, created_by: 'bot-bottle freeze' }],
  })
  const file = `${createHash('sha256').update(image).digest('hex')}.json`
  const tar = pack()
  tar.entry({ name: file }, image)
  const entry = { Config: file, RepoTags: [reference], Layers: layers.map((_, n) => `${n}/layer.tar`) }
  tar.entry({ name: 'manifest.json' }, JSON.stringify([entry]))
  tar.finalize()
  try {
    await docker.loadImage(readable(tar), signal)
    return true
  } catch (error) {
    signal.throwIfAborted()
    if ((await docker.inspectImage(facts.Id)) === null) throw error
    return false
  }
}
