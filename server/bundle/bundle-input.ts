import type { PemPair } from '../../docker/bundle/egress/leaf-issuer.ts'
import type { BundleSecrets } from '../bottles/backend.ts'
import type { BundleInput, BundleRenewal } from '../contract/bundle.ts'
import type { ExtraCa } from '../images/extra-ca.ts'

/** What a bundle is handed besides the secrets of its bottle; all of it outlives the server. */
export interface BundleFoundation {
  /** At which it listens. */
  address: string
  ca: PemPair
  /** Means nothing and must never leave. */
  canary: string
  extraCa: ExtraCa
}

/** All that a bundle is handed when it starts. In memory only. */
export const bundleInput = (
  { address, ca, canary, extraCa }: BundleFoundation,
  secrets: BundleSecrets,
): BundleInput => ({
  daemons: ['egress'],
  egress: {
    listen: address,
    ca,
    tokens: Object.fromEntries(secrets.tokens),
    known: [...knownOf(secrets), { name: 'canary', value: canary }],
    upstreamCa: extraCa.certificates,
  },
})

/** What takes the place of the same names in a bundle that runs. */
export const bundleRenewal = (secrets: BundleSecrets): BundleRenewal => ({
  renew: { tokens: Object.fromEntries(secrets.tokens), known: knownOf(secrets) },
})

const knownOf = ({ tokens, secrets }: BundleSecrets) =>
  [...tokens, ...secrets].map(([name, value]) => ({ name, value }))
