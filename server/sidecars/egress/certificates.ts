import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { mintCa, type PemPair } from '../../../docker/bundle/egress/leaf-issuer.ts'
import type { BottleSlug } from '../../contract/ids.ts'
import { replaceFile } from '../../lib/replace-file.ts'

/** Beside the folder that the bundle reads, never in it: the key is handed over on the bundle's standard input. */
const FOLDER = 'egress-ca'
const KEEP_FOR_MS = 24 * 3_600_000

/**
 * The certificate authority of one bottle: minted at its launch, and the same as long as its state is kept, so
 * that a bottle that is taken up again trusts what it trusted. A resume makes the state anew, and so another one.
 *
 * @param stateFolder absolute path of `state/<slug>`
 */
export async function bottleCa(stateFolder: string, slug: BottleSlug): Promise<PemPair> {
  const folder = path.join(stateFolder, FOLDER)
  const kept = await readCa(folder)
  if (kept) return kept
  const minted = await mintCa(slug)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  await replaceFile(path.join(folder, 'ca.key'), minted.key, 0o600)
  await replaceFile(path.join(folder, 'ca.pem'), minted.certificate, 0o600)
  return minted
}

/** @returns null where there is none, or none that lasts for another day */
async function readCa(folder: string): Promise<PemPair | null> {
  try {
    const [certificate, key] = await Promise.all([
      readFile(path.join(folder, 'ca.pem'), 'utf8'),
      readFile(path.join(folder, 'ca.key'), 'utf8'),
    ])
    const read = new X509Certificate(certificate)
    return Date.parse(read.validTo) - Date.now() > KEEP_FOR_MS && matches(read, key) ? { certificate, key } : null
  } catch {
    return null
  }
}

/** A server that was killed between the two files leaves a pair that does not belong together. */
const matches = (certificate: X509Certificate, key: string): boolean =>
  certificate.checkPrivateKey(createPrivateKey(key))
