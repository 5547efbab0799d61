import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { hostRoot } from '../fake-smolvm/image/host-root.ts'

const run = promisify(execFile)

/** bash can connect by itself (`/dev/tcp`), so that nothing else is needed to try the network. */
const PROGRAMS = `dash bash cat chmod chown cut dd env false getent grep head id ls mkdir mv ps pwd rm setsid sha256sum
  sleep stat stty timeout touch tr true tty wc`.split(/\s+/)

/** As our agent images say it: a user of its own, an idle program, a folder to be in. */
const CONFIG = {
  User: 'node',
  Env: ['PATH=/bin', 'FROM=image', 'IMAGE_ONLY=yes'],
  Cmd: ['sleep', 'infinity'],
  WorkingDir: '/home/node',
}

/**
 * A small Linux from the programs of this host, as an archive like that of `docker save`: needs no registry, no engine.
 * @returns path of the archive, in a folder of its own below `folder`
 */
export async function tinyImage(folder: string): Promise<string> {
  const work = await mkdtemp(path.join(folder, 'tiny-'))
  const layer = path.join(work, 'layer.tar')
  await run('tar', ['-C', await rootFs(work), '--sort=name', '--mtime=@0', '--numeric-owner', '-cf', layer, '.'])
  const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('hex')
  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    created: '2026-01-01T00:00:00Z',
    config: CONFIG,
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(await readFile(layer))}`] },
    history: [{ created: '2026-01-01T00:00:00Z', created_by: 'tiny-image' }],
  })
  const name = `${sha256(config)}.json`
  await writeFile(path.join(work, name), config)
  const index = [{ Config: name, RepoTags: null, Layers: ['layer.tar'] }]
  await writeFile(path.join(work, 'manifest.json'), JSON.stringify(index))
  const archive = path.join(work, 'tiny.tar')
  await run('tar', ['-C', work, '-cf', `${archive}.part`, name, 'layer.tar', 'manifest.json'])
  await rename(`${archive}.part`, archive)
  return archive
}

async function rootFs(work: string): Promise<string> {
  const root = path.join(work, 'root')
  await hostRoot(root, PROGRAMS)
  await mkdir(path.join(root, 'home/node'), { recursive: true })
  await writeFile(path.join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n')
  await writeFile(path.join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\n')
  await run('chown', ['1000:1000', path.join(root, 'home/node')])
  await run('chmod', ['1777', path.join(root, 'tmp')])
  return root
}

/** A folder for the images of one test file, gone at its end. */
export async function imageFolder(): Promise<AsyncDisposable & { path: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'smolvm-contract-'))
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
