import { X509Certificate } from 'node:crypto'
import { access, constants, readFile } from 'node:fs/promises'
import path from 'node:path'
import { rootCertificates } from 'node:tls'
import type { DoctorCheck } from '../contract/views.ts'
import { messageOf } from '../errors.ts'

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
const OLDEST_NODE = [20, 19] as const

export async function nodeCheck(version = process.versions.node): Promise<DoctorCheck> {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const fits = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])
  return {
    id: 'node',
    group: 'Server',
    title: 'Node.js',
    result: fits ? 'ok' : 'problem',
    detail: `Version ${version}.`,
    fix: fits ? null : { kind: 'text', value: `Install Node.js ${OLDEST_NODE.join('.')} or newer, and start again.` },
  }
}

/** Git is what `npm start` and copies with history rely on; the server itself never runs it. */
export async function gitCheck(searchPath = process.env.PATH ?? ''): Promise<DoctorCheck> {
  const found = await findProgram('git', searchPath)
  return {
    id: 'git',
    group: 'Server',
    title: 'Git',
    result: found ? 'ok' : 'warning',
    detail: found ? `Found at ${found}.` : 'There is no git on the path of this server.',
    fix: found ? null : { kind: 'command', value: 'sudo apt-get install -y git' },
  }
}

/** @param file of `BOT_BOTTLE_EXTRA_CA` and its fallbacks; null when none is set */
export async function extraCaCheck(file: string | null): Promise<DoctorCheck> {
  const check = { id: 'extra-ca', group: 'Server', title: 'Extra certificate authorities' } as const
  if (file === null)
    return {
      ...check,
      result: 'ok',
      detail: 'None are set, so builds and guests trust the public ones only.',
      fix: null,
    }
  try {
    const blocks = (await readFile(file, 'utf8')).match(PEM) ?? []
    if (blocks.length === 0) throw new Error('it holds no certificate in PEM form')
    // The variables often name the system's own bundle, whose public authorities every image has anyway.
    const known = new Set(rootCertificates.map((pem) => new X509Certificate(pem).fingerprint256))
    const extra = blocks
      .map((pem) => new X509Certificate(pem))
      .filter(({ fingerprint256 }) => !known.has(fingerprint256))
    const expired = extra.filter(({ validTo }) => new Date(validTo).getTime() < Date.now()).length
    const detail = `${file} has ${extra.length} that are not public ones${expired > 0 ? `, ${expired} of them expired` : ''}. Those go into images and guests.`
    return { ...check, result: 'ok', detail, fix: null }
  } catch (error) {
    return {
      ...check,
      result: 'problem',
      detail: `${file} cannot be used: ${messageOf(error)}.`,
      fix: {
        kind: 'text',
        value: 'Point BOT_BOTTLE_EXTRA_CA to a readable file with certificates in PEM form, and start again.',
      },
    }
  }
}

export async function findProgram(name: string, searchPath: string): Promise<string | null> {
  for (const folder of searchPath.split(path.delimiter).filter(Boolean)) {
    const file = path.join(folder, name)
    try {
      await access(file, constants.X_OK)
      return file
    } catch {
      // Not in this folder.
    }
  }
  return null
}
