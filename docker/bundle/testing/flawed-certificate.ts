import 'reflect-metadata' // must be loaded before @peculiar/x509
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { LeafIssuer, mintCa, type PemPair } from '../egress/leaf-issuer.ts'

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const DAY_MS = 24 * 3_600_000

/** A certificate that no client should take, whatever signed it. */
export type Flaw = 'expired' | 'not yet valid' | 'of another name' | 'self-signed' | 'of an unknown authority'

/** @param authority what the client trusts @param host what the client asks for */
export async function flawedCertificate(flaw: Flaw, authority: PemPair, host: string): Promise<PemPair> {
  switch (flaw) {
    case 'of another name':
      return (await LeafIssuer.open(authority)).leaf(`other.${host}`)
    case 'of an unknown authority':
      return (await LeafIssuer.open(await mintCa('nobody'))).leaf(host)
    case 'self-signed':
      return signed(host, -1, 1, null)
    case 'expired':
      return signed(host, -30, -1, authority)
    case 'not yet valid':
      return signed(host, 1, 30, authority)
  }
}

/** @param from @param to days from now @param authority null: its own */
async function signed(host: string, from: number, to: number, authority: PemPair | null): Promise<PemPair> {
  const keys = (await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify'])) as CryptoKeyPair
  const now = Date.now()
  const ca = authority && new x509.X509Certificate(authority.certificate)
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${host}`,
    issuer: ca ? ca.subject : `CN=${host}`,
    notBefore: new Date(now + from * DAY_MS),
    notAfter: new Date(now + to * DAY_MS),
    signingAlgorithm: EC,
    publicKey: keys.publicKey,
    signingKey: authority ? await importKey(authority.key) : keys.privateKey,
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
    ],
  })
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  const label = 'PRIVATE KEY'
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`,
  }
}

const importKey = (pem: string) =>
  webcrypto.subtle.importKey('pkcs8', Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'), EC, false, [
    'sign',
  ]) as Promise<CryptoKey>
