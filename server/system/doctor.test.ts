import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EngineFacts } from '../bottles/machine-facts.ts'
import type { DoctorCheck } from '../contract/views.ts'
import { createLogger } from '../logger.ts'
import { Doctor } from './doctor.ts'
import { engineChecks } from './engine-checks.ts'
import { extraCaCheck, gitCheck, nodeCheck } from './host-checks.ts'
import { showBytes } from './show-bytes.ts'
import { databaseCheck, diskCheck, homeCheck } from './storage-checks.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-doctor-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const silent = createLogger('error', () => {})
const fine: EngineFacts = {
  name: 'Docker 28.0',
  apiVersion: '1.48',
  storage: '/',
  hasRunsc: true,
  runscWorks: true,
  hasBaseImage: true,
}
const results = (checks: readonly DoctorCheck[]) => Object.fromEntries(checks.map(({ id, result }) => [id, result]))

test('an engine that is all right has no problem', async () => {
  expect(results(await engineChecks(async () => fine))).toMatchObject({
    engine: 'ok',
    'engine-api': 'ok',
    runtime: 'ok',
    'base-image': 'ok',
  })
})

test('an engine that does not answer is one row, with what to do', async () => {
  const down = async () => {
    throw new Error('Docker is not reachable.')
  }
  expect(await engineChecks(down)).toEqual([
    expect.objectContaining({
      id: 'engine',
      result: 'problem',
      detail: 'Docker is not reachable.',
      fix: { kind: 'command', value: 'sudo systemctl start docker' },
    }),
  ])
})

test.each([
  ['an old engine', { apiVersion: '1.39' }, { 'engine-api': 'problem' }],
  ['1.100 is newer than 1.41', { apiVersion: '1.100' }, { 'engine-api': 'ok' }],
  ['no gVisor', { hasRunsc: false, runscWorks: false }, { runtime: 'absent' }],
  ['a gVisor that does not work', { runscWorks: false }, { runtime: 'warning' }],
  ['no base image and no debootstrap', { hasBaseImage: false }, { 'base-image': 'warning' }],
])('%s', async (_name, facts, expected) => {
  expect(results(await engineChecks(async () => ({ ...fine, ...facts }), '/nowhere'))).toMatchObject(expected)
})

test('an engine on another machine has no row about its disk', async () => {
  const checks = await engineChecks(async () => ({ ...fine, storage: '/not/on/this/machine' }))
  expect(checks.map(({ id }) => id)).not.toContain('docker-disk')
})

test('an old node is a problem; git may be missing', async () => {
  expect((await nodeCheck('18.20.0')).result).toBe('problem')
  expect((await nodeCheck('20.19.0')).result).toBe('ok')
  expect((await nodeCheck('24.0.0')).result).toBe('ok')
  expect(await gitCheck('/nowhere')).toMatchObject({ result: 'warning', fix: { kind: 'command' } })
})

test('a home that others can read is told with the command that mends it', async () => {
  await chmod(folder, 0o755)
  expect(await homeCheck(folder)).toMatchObject({ result: 'warning', fix: { value: `chmod 700 '${folder}'` } })
  await chmod(folder, 0o700)
  expect((await homeCheck(folder)).result).toBe('ok')
  expect((await homeCheck(path.join(folder, 'none'))).result).toBe('problem')
})

test('a file of extra authorities that cannot be used is a problem', async () => {
  const file = path.join(folder, 'ca.pem')
  expect((await extraCaCheck(null)).result).toBe('ok')
  expect((await extraCaCheck(file)).result).toBe('problem')
  await writeFile(file, 'no certificate')
  expect((await extraCaCheck(file)).detail).toContain('holds no certificate')
})

test('a database that does not answer is a problem', async () => {
  const ask = async () => {
    throw new Error('database is locked')
  }
  expect(await databaseCheck({ file: '/x', ask })).toMatchObject({ result: 'problem' })
})

test('the disk of a folder that is not there yet is that of the nearest one above', async () => {
  expect((await diskCheck('disk', path.join(folder, 'a/b'), 'of the home')).detail).toMatch(/ of .* are free at /)
})

test('a check that fails is a row of its own and hides no other', async () => {
  const doctor = new Doctor(
    {
      broken: async () => {
        throw new Error('no such thing')
      },
      node: () => nodeCheck(),
    },
    silent,
  )
  const { checks } = await doctor.examine()
  expect(results(checks)).toEqual({ broken: 'warning', node: 'ok' })
})

test('what was seen is kept until somebody wants it fresh', async () => {
  let looked = 0
  const look = () => {
    looked += 1
    return nodeCheck()
  }
  const doctor = new Doctor({ node: look }, silent)
  await doctor.examine()
  await doctor.examine()
  expect(looked).toBe(1)
  await doctor.examine(true)
  expect(looked).toBe(2)
})

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1500, '1.5 KB'],
  [123_456_789, '123 MB'],
  [3.2e9, '3.2 GB'],
])('%d shows as %s', (bytes, shown) => expect(showBytes(bytes)).toBe(shown))
