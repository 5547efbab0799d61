import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cidr } from '../../contract/ids.ts'
import { createArguments, type MachineOptions, Smolvm, SmolvmError } from './smolvm.ts'

const OPTIONS: MachineOptions = {
  source: { kind: 'archive', path: '/cache/a.tar' },
  cpus: 2,
  memoryMiB: 4096,
  storageGiB: 20,
  overlayGiB: null,
  allowCidrs: ['192.168.40.2/32' as Cidr],
  env: { HOME: '/home/node', EMPTY: '' },
  labels: { slug: 'fix' },
}
const artifact = { kind: 'artifact', path: '/cache/a.smolmachine' } as const

describe('the command line that makes a machine', () => {
  test('of 0.8.0 has the name as it stands, addresses as networks, and no labels', () => {
    expect(createArguments('m', { ...OPTIONS, source: artifact }, '0.8.0').join(' ')).toBe(
      'm --from /cache/a.smolmachine --cpus 2 --mem 4096 --storage 20 --allow-cidr 192.168.40.2/32 -e HOME=/home/node -e EMPTY=',
    )
  })

  test('of 1.9.3 has flags, an address as a host so that names are switched off, and labels', () => {
    expect(createArguments('m', { ...OPTIONS, storageGiB: 10, overlayGiB: 10 }, '1.9.3').join(' ')).toBe(
      '--name m --image /cache/a.tar --cpus 2 --mem 4096 --storage 10 --overlay 10 --allow-host 192.168.40.2 -e HOME=/home/node -e EMPTY= --label slug=fix',
    )
  })

  test.each([
    ['1.0.1', 'm'],
    ['1.0.2', '--name'],
  ] as const)('of %s begins with %s', (version, first) => {
    expect(createArguments('m', OPTIONS, version)[0]).toBe(first)
  })

  test('keeps a network a network, whatever the version', () => {
    const wide = { ...OPTIONS, allowCidrs: ['10.0.0.0/8' as Cidr] }
    for (const version of ['0.8.0', '1.1.3', '1.9.3'] as const)
      expect(createArguments('m', wide, version)).toContain('10.0.0.0/8')
  })

  test.each(['', 'A-B', '1A', 'A B', 'A='])('refuses %j as the name of a variable, which smolvm would skip', (name) => {
    expect(() => createArguments('m', { ...OPTIONS, env: { [name]: 'x' } }, '1.9.3')).toThrow('cannot be the name')
  })
})

describe('what smolvm says', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-smolvm-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** A smolvm of one answer. */
  async function saying(script: string): Promise<Smolvm> {
    const file = path.join(folder, `smolvm-${Math.random()}`)
    await writeFile(
      file,
      `#!/bin/sh\n[ "$1" = --version ] && [ -z "$OWN" ] && echo 'smolvm 1.9.3' && exit\n${script}\n`,
    )
    await chmod(file, 0o755)
    return new Smolvm(file)
  }

  test('a program’s code is its own, also where smolvm’s would be the same', async () => {
    const smolvm = await saying('echo out; echo "no such file" >&2; exit 1')
    expect(await smolvm.exec('m', ['false'])).toEqual({ code: 1, stdout: 'out\n', stderr: 'no such file\n' })
  })

  test('its own failure is told from a program’s, with its last line and without the rest', async () => {
    const smolvm = await saying('echo "WARN noise" >&2; echo "Error: vm not found: m" >&2; exit 1')
    await expect(smolvm.exec('m', ['true'])).rejects.toThrow('smolvm machine exec failed: vm not found: m')
    await expect(smolvm.start('m')).rejects.toBeInstanceOf(SmolvmError)
  })

  test('a machine that is not there is stopped and deleted', async () => {
    const smolvm = await saying('echo "Error: vm not found: m" >&2; exit 1')
    await smolvm.delete('m')
  })

  test('a machine that cannot be deleted is an error', async () => {
    const smolvm = await saying('[ "$2" = stop ] && exit; echo "Error: database is locked" >&2; exit 1')
    await expect(smolvm.delete('m')).rejects.toThrow('database is locked')
  })

  test('machines are read whatever else a version tells of them', async () => {
    const smolvm = await saying(`echo '[{"name":"a","state":"frozen","pid":null,"cuda":{}},{"name":"b"}]'`)
    expect(await smolvm.list()).toEqual([
      { name: 'a', state: 'frozen', pid: null },
      { name: 'b', state: 'unknown' },
    ])
  })

  test('a command that is given up is ended, and says why', async () => {
    const smolvm = await saying('exec sleep 1000')
    await expect(smolvm.start('m', AbortSignal.abort(new Error('cancelled')))).rejects.toThrow('cancelled')
  })

  test.each([
    ['echo "smolvm 0.7.9"', 'older than 0.8.0'],
    ['echo "something else"', 'something else'],
    ['exit 3', 'failed'],
  ])('a program that answers its version with `%s` is not used', async (script, why) => {
    const file = path.join(folder, `odd-${Math.random()}`)
    await writeFile(file, `#!/bin/sh\n${script}\n`)
    await chmod(file, 0o755)
    await expect(new Smolvm(file).version()).rejects.toThrow(why)
  })

  test('where there is none it says what to do instead', async () => {
    await expect(new Smolvm(path.join(folder, 'nowhere')).version()).rejects.toThrow(/smolvm/)
  })
})
