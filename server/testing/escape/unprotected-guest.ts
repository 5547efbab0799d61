import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import type { Docker } from '../../engine/docker.ts'
import { AGENT_USER, type Guest, type Ran, type RunOptions } from './guest.ts'

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

/** @param place an image, and a network from which this machine and its servers are reached */
export async function unprotectedGuest(
  docker: Docker,
  { image, network }: { image: string; network: string },
): Promise<Guest & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-service-'))
  await chmod(folder, 0o755)
  const service = createServer().listen(path.join(folder, 'service.sock'))
  const label = ['--label', 'io.bot-bottle.test=unprotected']
  const place = ['--pid', 'host', '--network', network, '-v', `${folder}:/mnt/machine`]
  const args = ['run', '-d', '--rm', ...label, ...UNPROTECTED, ...place, '--user', '0:0', '--entrypoint', 'sh']
  const { stdout: id } = await execa('docker', [...args, image, '-c', OPEN_UP])
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
