import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { TestHome } from '../../backends/docker/testing/test-home.ts'
import type { BottleWorld, Surroundings } from './bottle-world.ts'
import { DockerWorld } from './docker-world.ts'
import { AGENT_USER, type Guest, type Ran, type RunOptions } from './guest.ts'
import type { Lab } from './lab.ts'

/**
 * Not `--privileged`: an engine that runs in a container itself lacks a right of that, which no attempt needs
 * (SYS_RESOURCE), and could not start it.
 */
const UNPROTECTED = [
  ...['--cap-add', 'ALL', '--cap-drop', 'SYS_RESOURCE', '--device-cgroup-rule', 'a *:* rwm'],
  ...['seccomp', 'apparmor', 'systempaths'].flatMap((shield) => ['--security-opt', `${shield}=unconfined`]),
]
/** Control groups that can be written, and a device of the machine. */
const OPEN_UP = `
  for group in /sys/fs/cgroup /sys/fs/cgroup/memory; do mount -o remount,bind,rw $group 2>/dev/null; done
  mknod /dev/machine b 7 0
  exec sleep infinity`

/** The docker backend, in a home of its own. */
export class DockerLab implements Lab {
  private constructor(private readonly home: TestHome) {}

  static async open(): Promise<DockerLab> {
    return new DockerLab(await TestHome.create())
  }

  async launch(around: Surroundings, bottle: string): Promise<DockerWorld> {
    const agent = `escape-${randomUUID().slice(0, 8)}`
    await this.home.write(`bottles/${agent}.md`, `---\n${bottle}\n---\n`)
    await this.home.write(`agents/${agent}.md`, `---\nbottle: ${agent}\n---\n`)
    return DockerWorld.launch(this.home, { ...around, choice: { agent, ...around.choice } })
  }

  /** On the bundle's way out, from which this machine and its servers are reached. */
  async unprotected({ plan }: BottleWorld): Promise<Guest & AsyncDisposable> {
    if (plan.backend !== 'docker') throw new Error(`A bottle of ${plan.backend} has no network of Docker.`)
    const folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-service-'))
    await chmod(folder, 0o755)
    const service = createServer().listen(path.join(folder, 'service.sock'))
    const label = ['--label', 'io.bot-bottle.test=unprotected']
    const place = ['--pid', 'host', '--network', plan.networks.egress, '-v', `${folder}:/mnt/machine`]
    const args = ['run', '-d', '--rm', ...label, ...UNPROTECTED, ...place, '--user', '0:0', '--entrypoint', 'sh']
    const { stdout: id } = await execa('docker', [...args, plan.image.reference, '-c', OPEN_UP])
    const { docker } = this.home.tools
    return {
      run: (command: readonly string[], { user = AGENT_USER, ...options }: RunOptions = {}): Promise<Ran> =>
        docker.run(id, { command, user, ...options }),
      async [Symbol.asyncDispose]() {
        await execa('docker', ['rm', '-f', id])
        await new Promise((resolve) => service.close(resolve))
        await rm(folder, { recursive: true, force: true })
      },
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.home[Symbol.asyncDispose]()
  }
}
