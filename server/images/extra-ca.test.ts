import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { rootCertificates } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NO_EXTRA_CA, readExtraCa } from './extra-ca.ts'

const COMPANY = `-----BEGIN CERTIFICATE-----
MIIBijCCAS+gAwIBAgIUTV4Q+l96XjTu/eYePnFXeZfBJEkwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYxMTIxMDUwMzUxWhgPMjEy
NjEwMjgwNTAzNTFaMBkxFzAVBgNVBAMMDlRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEmTxy6trr/SBlIATipwp9mtWt3opo5GubO4Fe0+I9
+yNbSux1J7RWlgLbE/PzAN46Srdop8dIbJ9rgkm9f5At0qNTMFEwHQYDVR0OBBYE
FN9ciF7cNtLp64idx2A3/4KdWY3hMB8GA1UdIwQYMBaAFN9ciF7cNtLp64idx2A3
/4KdWY3hMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAKxZ1vwS
QLaQTsNrhEoZgrcmXpSTcDNjNevUK3xI4VeCAiEApoHCns++Z6BGrGorw6rMQE4T
5V5mGZdtfjMgjSV2pWI=
-----END CERTIFICATE-----`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'extra-ca-'))
})
afterAll(() => rm(folder, { recursive: true }))

const bundle = async (...parts: string[]) => {
  const file = path.join(folder, 'bundle.pem')
  await writeFile(file, parts.join('\n'))
  return readExtraCa(file)
}

test('no file, and a file with nothing but what everybody trusts, are no extra authorities', async () => {
  expect(await readExtraCa(null)).toEqual(NO_EXTRA_CA)
  expect(await bundle(...rootCertificates)).toEqual(NO_EXTRA_CA)
})

test('a company’s authority is found among the public ones, once, wherever it stands', async () => {
  const first = await bundle('# comment', COMPANY, ...rootCertificates, COMPANY)
  expect(first.certificates.map((pem) => pem.trim())).toEqual([COMPANY])
  expect(await bundle(...rootCertificates, COMPANY)).toEqual(first)
})

test('what is no certificate is passed over', async () => {
  expect(await bundle('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toEqual(NO_EXTRA_CA)
})

test('a file that is not there is told with the variable to correct', async () => {
  await expect(readExtraCa('/nowhere.pem')).rejects.toMatchObject({
    hint: expect.stringContaining('BOT_BOTTLE_EXTRA_CA'),
  })
})
