import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { archiveDamage, artifactDamage } from './artifact-check.ts'
import { crc32 } from './crc32.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-artifact-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

let files = 0
async function file(content: Buffer): Promise<string> {
  const name = path.join(folder, String(files++))
  await writeFile(name, content)
  return name
}

function packed({ magic = 'SMOLPACK', sum = 0, manifestAt = 0 } = {}): Buffer {
  const [assets, manifest] = [Buffer.alloc(5_000_000, 'layers'), Buffer.from('{"mode":"container"}')]
  const body = Buffer.concat([assets, manifest])
  const footer = Buffer.alloc(64)
  footer.write(magic, 0, 'latin1')
  footer.writeUInt32LE(1, 8)
  footer.writeBigUInt64LE(BigInt(assets.length), 28)
  footer.writeBigUInt64LE(BigInt(manifestAt || assets.length), 36)
  footer.writeBigUInt64LE(BigInt(manifest.length), 44)
  footer.writeUInt32LE((crc32(body) ^ sum) >>> 0, 52)
  return Buffer.concat([body, footer])
}

test('the checksum is the one of zip', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926)
  expect(crc32(Buffer.from('6789'), crc32(Buffer.from('12345')))).toBe(0xcbf43926)
})

test('a whole artifact has no damage', async () => expect(await artifactDamage(await file(packed()))).toBeNull())

test.each([
  ['cut off', packed().subarray(0, -10), 'its footer is missing'],
  ['another program’s', packed({ magic: 'SOMETHNG' }), 'its footer is missing'],
  ['with a byte changed', packed({ sum: 1 }), 'its checksum is another one'],
  ['with a manifest elsewhere', packed({ manifestAt: 7 }), 'its parts do not fit'],
  ['empty', Buffer.alloc(0), 'it is too short'],
])('an artifact %s is damaged', async (_, content, damage) => {
  expect(await artifactDamage(await file(content))).toBe(damage)
})

test('an archive that was cut off is damaged, a whole one is not, and none is absent', async () => {
  const archive = Buffer.concat([Buffer.alloc(4096, 'x'), Buffer.alloc(1024)])
  expect(await archiveDamage(await file(archive))).toBeNull()
  expect(await archiveDamage(await file(archive.subarray(0, -100)))).toBe('its end is missing')
  expect(await archiveDamage(path.join(folder, 'nowhere'))).toBe('absent')
})
