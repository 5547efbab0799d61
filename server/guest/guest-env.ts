import { EGRESS_PORT } from '../contract/bundle.ts'

/** In the guest, the certificate of this bottle's authority alone: whatever is trusted came through egress. */
export const GUEST_CA = '/etc/bot-bottle/ca.pem'
export const CANARY_VARIABLE = 'BOT_BOTTLE_CANARY'

/** Variables by which programs find authorities: Node, OpenSSL and Go, requests, curl, git, codex. */
const CA_VARIABLES = [
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'CODEX_CA_CERTIFICATE',
] as const

/**
 * The part of the guest's environment that only a launch knows. curl ignores HTTP_PROXY in capitals, others know only
 * the capitals: hence both.
 *
 * @param bundle address of the bundle on the internal network
 * @param canary a value that means nothing and must never leave
 */
export function egressEnv(bundle: string, canary: string): Record<string, string> {
  const proxy = proxyOf(bundle)
  const direct = `localhost,127.0.0.1,::1,${bundle}`
  return {
    ...Object.fromEntries(['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].map((name) => [name, proxy])),
    NO_PROXY: direct,
    no_proxy: direct,
    // Node's own fetch heeds the variables above only where it is told to.
    NODE_USE_ENV_PROXY: '1',
    ...Object.fromEntries(CA_VARIABLES.map((name) => [name, GUEST_CA])),
    [CANARY_VARIABLE]: canary,
  }
}

export const proxyOf = (bundle: string): string => `http://${bundle}:${EGRESS_PORT}`
