import { createHash, X509Certificate } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { rootCertificates } from 'node:tls'
import { HintedError } from '../errors.ts'

/** Certificate authorities of the host that no image knows of its own. */
export interface ExtraCa {
  /** One PEM block each, sorted, without duplicates; empty when the host trusts only what everybody trusts. */
  certificates: readonly string[]
  /** Over the certificates, 12 hex digits; part of every image's cache key. */
  digest: string
}

export const NO_EXTRA_CA: ExtraCa = { certificates: [], digest: 'none' }

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
/** What distributions ship as public authorities; Debian's and Node's lists differ by a few. */
const SHIPPED = '/usr/share/ca-certificates'

/** Fingerprints of what everybody trusts; read once. */
let publicRoots: Promise<ReadonlySet<string>> | undefined

async function readPublicRoots(): Promise<ReadonlySet<string>> {
  const files = await readdir(SHIPPED, { recursive: true }).catch(() => [])
  const shipped = files.filter((file) => file.endsWith('.crt'))
  const read = await Promise.all(shipped.map((file) => readFile(path.join(SHIPPED, file), 'utf8').catch(() => '')))
  return new Set([...rootCertificates, ...read].flatMap((pem) => parse(pem)?.fingerprint256 ?? []))
}

/**
 * Reads the authorities that the host trusts beyond the public ones. The variables often name the system's own bundle,
 * in which a company's authority sits among 140 public ones: those are left out, as images have them already.
 *
 * @param file PEM bundle, from `BOT_BOTTLE_EXTRA_CA`, `NODE_EXTRA_CA_CERTS` or `SSL_CERT_FILE`; null: none
 * @throws HintedError when the file cannot be read
 */
export async function readExtraCa(file: string | null): Promise<ExtraCa> {
  if (!file) return NO_EXTRA_CA
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new HintedError(
      `The file of extra certificate authorities, ${file}, cannot be read.`,
      'Correct or unset BOT_BOTTLE_EXTRA_CA (or NODE_EXTRA_CA_CERTS, SSL_CERT_FILE), then launch again.',
      { cause },
    )
  })
  publicRoots ??= readPublicRoots()
  const known = await publicRoots
  const extra = new Map<string, string>()
  for (const [pem] of text.matchAll(PEM)) {
    const certificate = parse(pem)
    if (certificate && !known.has(certificate.fingerprint256)) {
      extra.set(certificate.fingerprint256, certificate.toString().trim())
    }
  }
  if (extra.size === 0) return NO_EXTRA_CA
  const certificates = [...extra].sort(([a], [b]) => a.localeCompare(b)).map(([, pem]) => `${pem}\n`)
  const digest = createHash('sha256').update(certificates.join('')).digest('hex').slice(0, 12)
  return { certificates, digest }
}

function parse(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}
