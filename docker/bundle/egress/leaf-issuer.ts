import 'reflect-metadata' // must be loaded before @peculiar/x509
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

x509.cryptoProvider.set(webcrypto as Crypto)

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const HOUR_MS = 3_600_000

const pem = (label: string, der: ArrayBuffer): string =>
  `-----BEGIN ${label}-----\n${(
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n')}\n-----END ${label}-----\n`

/** Random and positive, as RFC 5280 wants. */
const serialNumber = (): string => {
  const bytes = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)))
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return bytes.toString('hex')
}

export interface PemPair {
  certificate: string
  key: string
}

/**
 * Mints the certificate authority of one bottle: P-256, valid for 30 days, may sign leaves only.
 * @param name shown in the certificate's subject, such as the bottle's slug
 */
export async function mintCa(name: string): Promise<PemPair> {
  const keys = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify'])
  const now = Date.now()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=bot-bottle ${name}, O=bot-bottle`,
    notBefore: new Date(now - 24 * HOUR_MS), // a guest's clock may lag
    notAfter: new Date(now + 30 * 24 * HOUR_MS),
    signingAlgorithm: EC,
    keys: keys as CryptoKeyPair,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as CryptoKey),
    ],
  })
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
  }
}

/** Makes leaf certificates for hosts that a route allows. All leaves share one key pair, made once: 1 ms a host. */
export class LeafIssuer {
  readonly #ca: x509.X509Certificate
  readonly #leaves = new Map<string, Promise<PemPair>>()

  private constructor(
    certificate: string,
    private readonly caKey: CryptoKey,
    private readonly leafKeys: CryptoKeyPair,
    private readonly leafKeyPem: string,
  ) {
    this.#ca = new x509.X509Certificate(certificate)
  }

  static async open(ca: PemPair): Promise<LeafIssuer> {
    const der = Buffer.from(ca.key.replace(/-----[^-]+-----|\s/g, ''), 'base64')
    const caKey = await webcrypto.subtle.importKey('pkcs8', der, EC, false, ['sign'])
    const leafKeys = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify'])
    const leafKeyPem = pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', leafKeys.privateKey))
    return new LeafIssuer(ca.certificate, caKey as CryptoKey, leafKeys as CryptoKeyPair, leafKeyPem)
  }

  isSame(other: LeafIssuer): boolean {
    return this.#ca.equal(other.#ca)
  }

  /** The leaf of a host, made at the first call. Hosts come from the table, so there are never many. */
  leaf(host: string): Promise<PemPair> {
    const known = this.#leaves.get(host)
    if (known) return known
    const made = this.#make(host)
    this.#leaves.set(host, made)
    made.catch(() => this.#leaves.delete(host))
    return made
  }

  async #make(host: string): Promise<PemPair> {
    const now = Date.now()
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: `CN=${host.slice(0, 64)}`,
      issuer: this.#ca.subject,
      notBefore: new Date(now - 24 * HOUR_MS),
      notAfter: new Date(Math.min(now + 14 * 24 * HOUR_MS, this.#ca.notAfter.getTime())),
      signingAlgorithm: EC,
      publicKey: this.leafKeys.publicKey,
      signingKey: this.caKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
        await x509.AuthorityKeyIdentifierExtension.create(this.#ca.publicKey),
      ],
    })
    return { certificate: `${certificate.toString('pem')}\n`, key: this.leafKeyPem }
  }
}
