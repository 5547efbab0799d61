import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { World } from '../cli/command.ts'
import { agentFailed } from '../failure.ts'
import { archivedImage, type GuestImage } from './guest-image.ts'
import { runTool } from './run-tool.ts'

/** Pulls from a real registry, as the crane in smolvm's guest does: without TLS where the registry is local. */
export async function registryImage(world: World, reference: string): Promise<GuestImage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fake-smolvm-'))
  try {
    const file = path.join(folder, 'image.tar')
    const insecure = isLoopback(reference) ? ['--src-tls-verify=false'] : []
    const args = [
      '--insecure-policy',
      'copy',
      '--quiet',
      ...insecure,
      `docker://${reference}`,
      `docker-archive:${file}`,
    ]
    const { code, stderr } = await runTool('skopeo', args)
    if (code !== 0) throw agentFailed('pull', stderr.trim().split('\n').at(-1) ?? 'skopeo failed')
    return await archivedImage(world, file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Whether a reference names a registry on this host. */
export const isLoopback = (reference: string): boolean => /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?\//.test(reference)
