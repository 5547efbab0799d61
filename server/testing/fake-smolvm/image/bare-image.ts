import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { World } from '../cli/command.ts'
import { type GuestImage, importedImage } from './guest-image.ts'
import { hostRoot } from './host-root.ts'

const PROGRAMS = ['cat', 'dash', 'echo', 'id', 'ls', 'sleep', 'true', 'uname']

/** What a machine without an image is: smolvm's own small Linux; here some programs of the host. */
export async function bareImage(world: World): Promise<GuestImage> {
  const root = await mkdtemp(path.join(tmpdir(), 'fake-smolvm-bare-'))
  try {
    await hostRoot(root, PROGRAMS)
    const tar = spawn('tar', ['-C', root, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] })
    return await importedImage(world, tar.stdout, ['ENV PATH=/bin'])
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}
