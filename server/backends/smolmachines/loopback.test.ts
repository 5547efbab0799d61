import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BottleSlug } from '../../contract/ids.ts'
import { stateFolder } from '../../engine/tools.ts'
import { aliasesOf } from './addressing.ts'
import { leaseAlias, releaseAlias } from './loopback.ts'
import { writeMachineFile } from './machine-file.ts'

// 127/8 is all there on Linux, so what a Mac needs can be tried here.
const KIND = 'loopback-alias'
const POOL = aliasesOf(KIND)

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-loopback-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const asking = (slug: string, home = path.join(folder, 'home')) => ({ slug: slug as BottleSlug, home, cache: folder })
const lease = (slug: string, home?: string) => leaseAlias(KIND, asking(slug, home))

/** A server of another home: takes so many addresses, tells them, and lives on. */
async function server(name: string, count: number) {
  const args = [
    '--import',
    'tsx',
    path.join(import.meta.dirname, 'testing/lease-aliases.ts'),
    folder,
    name,
    String(count),
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  for await (const chunk of child.stdout) {
    said += String(chunk)
    if (said.includes('\n')) break
  }
  return {
    addresses: JSON.parse(said) as string[],
    async kill() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

test.skipIf(process.platform !== 'linux')(
  'two servers that take addresses at once never get the same; one that is killed has none any more (on Linux, where all of 127/8 is there)',
  async () => {
    const [one, two] = await Promise.all([server('one', 8), server('two', 8)])
    expect([...one.addresses, ...two.addresses].sort()).toEqual([...POOL].sort())
    await expect(lease('late')).rejects.toThrow('None of the 16 addresses from 127.0.0.16 to 127.0.0.31 is free')
    await one.kill()
    // What lives keeps what it has.
    expect(one.addresses).toContain(await lease('late'))
    await two.kill()
  },
)

test.skipIf(process.platform !== 'linux')(
  'a bottle keeps its address over the end of the server that launched it, and gives it back when it is gone (on Linux, where all of 127/8 is there)',
  async () => {
    const gone = await server('gone', 1)
    const [address] = gone.addresses as [string]
    const machine = { machine: 'm', canary: 'c', bundle: address, alias: address, pids: 512, started: true }
    const bottle = asking('gone-0', path.join(folder, 'gone'))
    await writeMachineFile(stateFolder(bottle, bottle.slug), machine)
    await gone.kill()
    expect(await lease('other')).not.toBe(address)
    await releaseAlias(bottle)
    expect(await lease('next')).toBe(address)
  },
)
