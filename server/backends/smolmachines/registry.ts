import { randomUUID } from 'node:crypto'
import { get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { StepOutput } from '../../bottles/step-output.ts'
import { HintedError } from '../../errors.ts'
import type { Scope } from '../../lib/scope.ts'
import { processMark } from './process-mark.ts'
import { registryImages } from './registry-images.ts'
import { OWNER_LABEL, registryLabels } from './registry-labels.ts'
import type { SmolmachinesTools } from './tools.ts'

const PORT = 5000
const READY_MS = 30_000
const TRY_MS = 2_000

export interface Registry {
  /** On this machine's loopback. */
  port: number
  /** Pushes an archive of `docker save`. @param repository with its tag */
  push(archive: string, repository: string, signal: AbortSignal): Promise<void>
}

/**
 * A registry on a private network, published on a random port of loopback, for as long as `scope` lasts. What pushes is
 * a container that runs once beside it.
 */
export async function startRegistry(
  scope: Scope,
  { docker, home, extraCa }: SmolmachinesTools,
  output: StepOutput,
  signal: AbortSignal,
): Promise<Registry> {
  const images = await registryImages(docker, { extraCa }, output, signal)
  const labels = { ...registryLabels(home), [OWNER_LABEL]: processMark() }
  const name = `bot-bottle-registry-${randomUUID().slice(0, 8)}`
  const { id: network } = await docker.createNetwork({ Name: name, Driver: 'bridge', Labels: labels })
  scope.defer('registry network', () => docker.removeNetwork(network))
  const registry = await docker.createContainer({
    name,
    Image: images.registry.id,
    Cmd: [...images.registry.command],
    Labels: labels,
    ExposedPorts: { [`${PORT}/tcp`]: {} },
    HostConfig: {
      NetworkMode: network,
      PortBindings: { [`${PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: '' }] },
      SecurityOpt: ['no-new-privileges'],
      Tmpfs: { '/var/lib/registry': 'rw,nosuid,nodev,size=8g' },
    },
  })
  scope.defer('registry', () => docker.removeContainer(registry))
  await docker.startContainer(registry)
  const port = await publishedPort()
  await answering(port, signal)

  return {
    port,
    async push(archive, repository, pushSignal) {
      const target = `${name}:${PORT}/${repository}`
      const pusher = await docker.createContainer({
        name: `${name}-push`,
        Image: images.push.id,
        Cmd: images.push.command('/image.tar', target),
        Labels: labels,
        HostConfig: {
          NetworkMode: network,
          Binds: [`${archive}:/image.tar:ro`],
          CapDrop: ['ALL'],
          SecurityOpt: ['no-new-privileges'],
        },
      })
      try {
        await docker.startContainer(pusher)
        const code = await docker.waitContainer(pusher, pushSignal)
        if (code === 0) return
        const said = await text(await docker.recorded(pusher, null))
        throw new HintedError(
          `The image could not be pushed to the registry of this step (code ${code}): ${said.slice(-300)}`,
          'Launch again; if it persists, a smolvm from 1.1.3 on needs no registry.',
        )
      } finally {
        await docker.removeContainer(pusher)
      }
    },
  }

  async function publishedPort(): Promise<number> {
    const facts = await docker.inspectContainer(registry)
    const published = facts?.NetworkSettings.Ports[`${PORT}/tcp`]?.[0]?.HostPort
    if (!published) throw new Error('The engine did not publish the registry’s port.')
    return Number(published)
  }
}

async function answering(port: number, signal: AbortSignal): Promise<void> {
  const until = Date.now() + READY_MS
  while (Date.now() < until) {
    signal.throwIfAborted()
    if (await answers(port)) return
    await pause(100, null, { signal })
  }
  throw new Error(`The registry of this step did not answer within ${READY_MS / 1000} s.`)
}

/** By `http`, not `fetch`: that one was seen to wait for good when the engine was still setting the port up. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/v2/', agent: false, timeout: TRY_MS }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    request.on('timeout', () => request.destroy()).on('error', () => resolve(false))
  })

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let said = ''
  for await (const chunk of stream) said += String(chunk)
  return said
}
