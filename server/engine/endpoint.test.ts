import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findEndpoint } from './endpoint.ts'

let config: string
beforeEach(async () => {
  config = await mkdtemp(path.join(tmpdir(), 'docker-config-'))
})
afterEach(() => rm(config, { recursive: true }))

const env = (more: Record<string, string> = {}) => ({ NODE_ENV: 'test', DOCKER_CONFIG: config, ...more }) as const
const writeJson = async (file: string, value: unknown) => {
  await mkdir(path.dirname(path.join(config, file)), { recursive: true })
  await writeFile(path.join(config, file), JSON.stringify(value))
}
const context = (name: string, Host: string) =>
  writeJson(`contexts/meta/${createHash('sha256').update(name).digest('hex')}/meta.json`, {
    Name: name,
    Endpoints: { docker: { Host } },
  })

test('without any setting it is the system’s socket', async () => {
  expect(await findEndpoint(env())).toMatchObject({ from: 'default', options: { socketPath: '/var/run/docker.sock' } })
})

test('DOCKER_HOST comes first', async () => {
  await writeJson('config.json', { currentContext: 'colima' })
  expect(await findEndpoint(env({ DOCKER_HOST: 'tcp://10.0.0.5:2375' }))).toEqual({
    url: 'tcp://10.0.0.5:2375',
    from: 'DOCKER_HOST',
    options: { host: '10.0.0.5', port: '2375', protocol: 'http' },
  })
  expect((await findEndpoint(env({ DOCKER_HOST: 'ssh://me@build' }))).options).toMatchObject({
    protocol: 'ssh',
    host: 'build',
    username: 'me',
    port: 22,
  })
})

test('else it is the context that docker uses, or the one that DOCKER_CONTEXT names', async () => {
  await writeJson('config.json', { currentContext: 'colima' })
  await context('colima', 'unix:///home/me/.colima/docker.sock')
  await context('other', 'unix:///other.sock')
  expect(await findEndpoint(env())).toMatchObject({
    from: 'docker context “colima”',
    options: { socketPath: '/home/me/.colima/docker.sock' },
  })
  expect((await findEndpoint(env({ DOCKER_CONTEXT: 'other' }))).url).toBe('unix:///other.sock')
})

test('a context that is not there, and an address that cannot be read, are told with what to do', async () => {
  await expect(findEndpoint(env({ DOCKER_CONTEXT: 'gone' }))).rejects.toThrow(/“gone” is not known.*docker context ls/)
  await expect(findEndpoint(env({ DOCKER_HOST: 'tcp://a b' }))).rejects.toThrow('cannot be read')
})
