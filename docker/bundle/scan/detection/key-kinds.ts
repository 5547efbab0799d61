import type { Dice, Make } from './dice.ts'
import { SERVICE_KINDS } from './service-kinds.ts'

const pem =
  (name: string, body: (d: Dice) => string): Make =>
  (d) =>
    `-----BEGIN ${name}-----\n${body(d)}\n-----END ${name}-----\n`

/** Clouds, and keys of no provider. See token-kinds.ts. */
export const KEY_KINDS: Readonly<Record<string, readonly Make[]>> = {
  'aws-access-key': [(d) => `AKIA${d.base32(16)}`],
  'aws-session-key': [(d) => `ASIA${d.base32(16)}`],
  'aws-secret-key': [
    (d) => `aws_secret_access_key = ${d.base64(40)}`,
    (d) => `AWS_SECRET_ACCESS_KEY=${d.base64(40)}`,
    (d) => `"SecretAccessKey": "${d.base64(40)}"`,
    (d) => `secretAccessKey: '${d.base64(40)}'`,
    (d) => `aws_secret_key: ${d.base64(40)}`,
    (d) => `AWS_SECRET_KEY => "${d.base64(40)}"`,
  ],
  'aws-session-token': [(d) => `IQoJb3JpZ2luX2Vj${d.base64(600)}`, (d) => `FwoGZXIvYXdzE${d.base64(400)}`],
  'google-api-key': [(d) => `AIza${d.word(35)}`, (d) => `AQ.Ab8RN6${d.word(44)}`],
  'google-oauth': [(d) => `ya29.${d.word(200)}`],
  'google-oauth-refresh': [(d) => `1//0${d.word(99)}`],
  'google-oauth-secret': [(d) => `GOCSPX-${d.word(28)}`],
  'gcp-service-account': [(d) => `"private_key_id": "${d.hex(40)}"`],
  'azure-client-secret': [(d) => `${d.alnum(3)}8Q~${d.word(34)}`],
  'azure-storage-key': [
    (d) => `DefaultEndpointsProtocol=https;AccountName=${d.small(8)};AccountKey=${d.base64(86)}==`,
    (d) => `Endpoint=sb://${d.small(8)}.servicebus.windows.net/;SharedAccessKey=${d.base64(43)}=`,
  ],
  'azure-service-key': ['+ASt', 'ACDb', '+ABa']
    .map(
      (mark): Make =>
        (d) =>
          `${d.base64(76)}${mark}${d.base64(5)}A==`,
    )
    .concat(
      ['AzCa', 'AzSe', 'AzFu', 'APIM', '+AIo'].map(
        (mark): Make =>
          (d) =>
            `${d.base64(33)}${mark}${d.base64(5)}g=`,
      ),
    ),
  'azure-ai-key': [(d) => `${d.alnum(52)}JQQJ99${d.alnum(26)}`],
  'azure-devops-token': [(d) => `${d.alnum(76)}AZDO${d.alnum(4)}`],
  'azure-sas': [(d) => `?sv=2024-11-04&sp=rl&sig=${encodeURIComponent(`${d.base64(43)}=`)}`],
  'digitalocean-token': [(d) => `dop_v1_${d.hex(64)}`, (d) => `doo_v1_${d.hex(64)}`, (d) => `dor_v1_${d.hex(64)}`],
  'heroku-key': [(d) => `HRKU-AA${d.word(58)}`, (d) => `HRKU-${d.uuid()}`],
  'fly-token': [
    (d) => `fm2_${d.base64(400)}`,
    (d) => `fo1_${d.word(43)}`,
    (d) => `fm1r_${d.base64(200)}`,
    (d) => `fm1a_${d.base64(200)}`,
  ],
  'vercel-token': ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'].map((prefix) => (d) => prefix + d.alnum(56)),
  'netlify-token': ['nfp_', 'nfc_', 'nfo_', 'nfu_', 'nfb_'].map((prefix) => (d) => prefix + d.alnum(36)),
  'render-key': [(d) => `rnd_${d.alnum(32)}`],
  'supabase-token': [(d) => `sbp_${d.hex(40)}`],
  'supabase-secret-key': [(d) => `sb_secret_${d.word(22)}_${d.alnum(8)}`],
  'planetscale-token': [
    (d) => `pscale_tkn_${d.word(43)}`,
    (d) => `pscale_oauth_${d.word(43)}`,
    (d) => `pscale_pw_${d.word(43)}`,
  ],
  'neon-key': [(d) => `napi_${d.small(64)}`],
  'databricks-token': [(d) => `dapi${d.hex(32)}`],
  'vault-token': [(d) => `hvs.${d.word(95)}`, (d) => `hvb.${d.word(150)}`, (d) => `hvr.${d.word(95)}`],
  'terraform-token': [(d) => `${d.alnum(14)}.atlasv1.${d.alnum(67)}`],
  'pulumi-token': [(d) => `pul-${d.hex(40)}`],
  'doppler-token': [(d) => `dp.pt.${d.alnum(43)}`, (d) => `dp.st.dev.${d.alnum(43)}`],
  'onepassword-token': [
    (d) =>
      `ops_${Buffer.from(JSON.stringify({ signInAddress: 'my.1password.com', secretKey: d.alnum(300) })).toString('base64')}`,
  ],
  'tailscale-key': [(d) => `tskey-auth-${d.alnum(17)}-${d.alnum(32)}`],
  'alibaba-key': [(d) => `LTAI5t${d.alnum(18)}`],
  'openshift-token': [(d) => `sha256~${d.word(43)}`],
  'swarm-token': [(d) => `SWMTKN-1-${d.small(50)}-${d.small(25)}`],
  'private-key': [
    pem('OPENSSH PRIVATE KEY', (d) => d.lines(400, `b3BlbnNzaC1rZXktdjE${''}AAAAA`)),
    pem(
      'RSA PRIVATE KEY',
      (d) => `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${d.hex(32).toUpperCase()}\n\n${d.lines(800)}`,
    ),
    pem('EC PRIVATE KEY', (d) => d.lines(164)),
    // As a form carries it.
    (d) => `-----BEGIN+PRIVATE+KEY-----\n${d.lines(64)}\n-----END+PRIVATE+KEY-----\n`,
    pem('PRIVATE KEY', (d) => d.lines(64)),
    pem('PGP PRIVATE KEY BLOCK', (d) => `\n${d.lines(900)}\n=${d.alnum(4)}`),
  ],
  'private-key-body': [
    (d) => d.lines(400, `b3BlbnNzaC1rZXktdjE${''}AAAAA`),
    (d) => d.lines(1580, `MIIEow${''}IBAAKCAQEA`),
    (d) => d.lines(3000, `MIIJKA${''}IBAAKCAgEA`),
    (d) => d.lines(1580, `MIIEvQ${''}IBADANBgkqhkiG9w0BAQEFAASC`),
    (d) => d.lines(150, 'MHcCAQEEI'),
    (d) => d.lines(150, 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg'),
    (d) => `MC4CAQAwBQYDK2VwBCIEI${d.base64(43)}`,
  ],
  'putty-key': [
    (d) =>
      `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: a\nPublic-Lines: 2\n${d.lines(100)}\nPrivate-Lines: 1\n${d.base64(44)}\nPrivate-MAC: ${d.hex(64)}\n`,
  ],
  'wireguard-key': [(d) => `[Interface]\nPrivateKey = ${d.base64(43)}=\n`],
  'age-key': [(d) => `AGE-SECRET-KEY-1${d.of('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`],
  'json-web-token': [(d) => d.jwt()],
  ...SERVICE_KINDS,
}
