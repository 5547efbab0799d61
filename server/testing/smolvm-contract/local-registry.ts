import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { runTool } from '../fake-smolvm/image/run-tool.ts'

export interface LocalRegistry extends AsyncDisposable {
  /** `localhost:40123` */
  address: string
  /** Puts an archive there. @returns the reference to pull it by */
  push(archive: string, name: string): Promise<string>
}

/** Debian's docker-registry on a port of its own, with its files below `folder`. */
export async function localRegistry(folder: string): Promise<LocalRegistry> {
  const port = await freePort()
  const root = path.join(folder, 'registry')
  await mkdir(root, { recursive: true })
  const config = path.join(folder, 'registry.yml')
  await writeFile(
    config,
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${root}}}\nhttp: {addr: 127.0.0.1:${port}}\n`,
  )
  const registry = spawn('docker-registry', ['serve', config], { stdio: 'ignore' })
  const broken = new Promise<never>((_, reject) => registry.once('error', reject))
  await Promise.race([answers(port), broken])
  return {
    address: `localhost:${port}`,
    async push(archive, name) {
      const reference = `localhost:${port}/${name}`
      const args = [
        '--insecure-policy',
        'copy',
        '--dest-tls-verify=false',
        `docker-archive:${archive}`,
        `docker://${reference}`,
      ]
      const { code, stderr } = await runTool('skopeo', args)
      if (code !== 0) throw new Error(`skopeo: ${stderr}`)
      return reference
    },
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => registry.once('exit', resolve))
      registry.kill('SIGKILL')
      await ended
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const socket = connect(port, '127.0.0.1')
    const there = await new Promise<boolean>((resolve) =>
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
    )
    socket.destroy()
    if (there) return
    await pause(25)
  }
  throw new Error('docker-registry does not answer.')
}
