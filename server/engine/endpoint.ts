import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import type { DockerOptions } from 'dockerode'
import { HostProblemError } from '../errors.ts'

/** Where the engine listens, and how to get there. */
export interface Endpoint {
  /** As an operator would write it: `unix:///var/run/docker.sock`. */
  url: string
  /** What named it: `DOCKER_HOST`, `docker context "colima"`, `default`. */
  from: string
  options: DockerOptions
}

const DEFAULT_URL = process.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock'

/**
 * Finds the engine as the `docker` program does: `DOCKER_HOST`, else `DOCKER_CONTEXT`, else the current context of
 * `~/.docker/config.json`, else the system's socket.
 *
 * @throws HostProblemError when the named context does not exist or its address cannot be read
 * @see https://docs.docker.com/engine/manage-resources/contexts/
 */
export async function findEndpoint(env: NodeJS.ProcessEnv = process.env): Promise<Endpoint> {
  if (env.DOCKER_HOST) {
    const tls = env.DOCKER_TLS_VERIFY ? await readTls(env.DOCKER_CERT_PATH ?? path.join(homedir(), '.docker')) : {}
    return { url: env.DOCKER_HOST, from: 'DOCKER_HOST', options: { ...address(env.DOCKER_HOST), ...tls } }
  }
  const folder = env.DOCKER_CONFIG ?? path.join(homedir(), '.docker')
  const context = env.DOCKER_CONTEXT ?? (await currentContext(folder))
  if (!context || context === 'default') return { url: DEFAULT_URL, from: 'default', options: address(DEFAULT_URL) }
  return contextEndpoint(folder, context)
}

async function currentContext(folder: string): Promise<string | null> {
  const config = await readJson(path.join(folder, 'config.json'))
  return typeof config?.currentContext === 'string' ? config.currentContext : null
}

/** A context's folders are called after the SHA-256 of its name. */
async function contextEndpoint(folder: string, name: string): Promise<Endpoint> {
  const id = createHash('sha256').update(name).digest('hex')
  const meta = await readJson(path.join(folder, 'contexts', 'meta', id, 'meta.json'))
  const endpoints = meta?.Endpoints as { docker?: { Host?: string; SkipTLSVerify?: boolean } } | undefined
  const url = endpoints?.docker?.Host
  if (!url) {
    throw new HostProblemError(
      `The docker context “${name}” is not known, so there is no engine to talk to. List them with: docker context ls`,
    )
  }
  const tls = await readTls(path.join(folder, 'contexts', 'tls', id, 'docker'))
  return { url, from: `docker context “${name}”`, options: { ...address(url), ...tls } }
}

async function readTls(folder: string): Promise<Pick<DockerOptions, 'ca' | 'cert' | 'key' | 'protocol'>> {
  const read = (file: string) => readFile(path.join(folder, file), 'utf8').catch(() => null)
  const [ca, cert, key] = await Promise.all([read('ca.pem'), read('cert.pem'), read('key.pem')])
  if (!ca && !cert) return {}
  return { protocol: 'https', ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
}

function address(url: string): DockerOptions {
  const [, scheme, rest] = /^(\w+):\/\/(.*)$/.exec(url) ?? [null, 'tcp', url]
  if (scheme === 'unix' || scheme === 'npipe') return { socketPath: rest ?? '' }
  let parsed: URL
  try {
    parsed = new URL(`${scheme === 'ssh' ? 'ssh' : 'http'}://${rest}`)
  } catch (cause) {
    throw new HostProblemError(
      `The address of the Docker engine, ${url}, cannot be read. It should look like tcp://host:2375 or unix:///path.`,
      { cause },
    )
  }
  if (scheme !== 'ssh') {
    return { host: parsed.hostname, port: parsed.port || 2375, protocol: scheme === 'https' ? 'https' : 'http' }
  }
  return {
    protocol: 'ssh',
    host: parsed.hostname,
    port: parsed.port || 22,
    ...(parsed.username && { username: parsed.username }),
    ...(process.env.SSH_AUTH_SOCK && { sshOptions: { agent: process.env.SSH_AUTH_SOCK } }),
  }
}

async function readJson(file: string): Promise<Record<string, unknown> | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
  } catch {
    return null
  }
}
