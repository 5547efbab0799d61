import { A, B, H, type Shape, shape, shapes, UUID, W } from './shape.ts'

/** The sign between a name and its value, in code, JSON (also inside a JSON string), YAML, XML, forms and settings. */
const IS = '(?:\\\\{0,2}["\'])?[\\s+]{0,4}(?:[:=]|=>|>)[\\s+]{0,4}(?:\\\\{0,2}["\'])?'

/** Those who rent out machines. */
export const CLOUD_SHAPES: readonly Shape[] = [
  shape('aws-access-key', 'AKIA', '[A-Z2-7]{16}', { chanceInBase64: true }),
  shape('aws-session-key', 'ASIA', '[A-Z2-7]{16}', { chanceInBase64: true }),
  // An AWS secret key has no shape of its own: only its name gives it away.
  ...shapes(
    'aws-secret-key',
    ['ecret_access_key', 'SECRET_ACCESS_KEY', 'ecretAccessKey', 'aws_secret_key', 'AWS_SECRET_KEY'],
    `${IS}(?<secret>${B}{40})`,
  ),
  ...shapes('aws-session-token', ['IQoJb3JpZ2lu', 'FwoGZXIvYXdz'], `${B}{100,3000}`),
  shape('google-api-key', 'AIza', `${W}{35}`, { chanceInBase64: true }),
  shape('google-api-key', 'AQ.Ab', `${W}{40,100}`),
  shape('google-oauth', 'ya29.', `${W}{40,1000}`),
  shape('google-oauth-refresh', '1//0', `${W}{60,110}`),
  shape('google-oauth-secret', 'GOCSPX-', `${W}{28}`),
  shape('gcp-service-account', 'private_key_id', `\\\\{0,2}"[\\s+]{0,4}:[\\s+]{0,4}\\\\{0,2}"(?<secret>${H}{40})`),
  shape('azure-client-secret', 'Q~', '[A-Za-z0-9_~.-]{31,34}', { lead: '[A-Za-z0-9_~.]{3}\\d' }),
  ...shapes('azure-storage-key', ['AccountKey=', 'SharedAccessKey='], `(?<secret>${B}{43,86}={1,2})`),
  // Keys of services that carry a mark of the service and a checksum at their end.
  ...shapes('azure-service-key', ['+ASt', 'ACDb', 'AzCa', 'AzSe', 'AzFu', 'APIM', '+AIo', '+ABa'], `${B}{5}[AQgw]=`, {
    lead: `${B}{32,76}`,
  }),
  shape('azure-ai-key', 'JQQJ99', `${A}{26}`, { lead: `${A}{52}` }),
  shape('azure-devops-token', 'AZDO', `${A}{4}`, { lead: `${A}{76}` }),
  shape('azure-sas', '&sig=', '(?<secret>(?:[A-Za-z0-9/+]|%[0-9A-Fa-f]{2}){43,100}(?:=|%3[Dd]))'),
  ...shapes('digitalocean-token', ['dop_v1_', 'doo_v1_', 'dor_v1_'], `${H}{64}`),
  ...shapes('cloudflare-token', ['cfk_', 'cfut_', 'cfat_'], `${A}{40}${H}{8}`),
  shape('cloudflare-origin-key', 'v1.0-', `${H}{24}-${H}{146}`),
  shape('heroku-key', 'HRKU-', `(?:AA${W}{58}|${UUID})`),
  shape('fly-token', 'fo1_', `${W}{43}`),
  ...shapes('fly-token', ['fm1r_', 'fm1a_', 'fm2_'], `${B}{100,2000}`),
  ...shapes('vercel-token', ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'], `${W}{56}`),
  ...shapes('netlify-token', ['nfp_', 'nfc_', 'nfo_', 'nfu_', 'nfb_'], `${A}{36}`),
  shape('render-key', 'rnd_', `${A}{32}`),
  shape('supabase-token', 'sbp_', `(?:oauth_|v0_)?${H}{40}`),
  shape('supabase-secret-key', 'sb_secret_', `${W}{31}`),
  ...shapes('planetscale-token', ['pscale_tkn_', 'pscale_oauth_', 'pscale_pw_'], '[A-Za-z0-9_=.-]{32,64}'),
  shape('neon-key', 'napi_', '[a-z0-9]{64}'),
  shape('databricks-token', 'dapi', `${H}{32}`),
  ...shapes('vault-token', ['hvs.', 'hvb.', 'hvr.'], `${W}{24,300}`),
  shape('terraform-token', '.atlasv1.', '[A-Za-z0-9_=-]{60,70}', { lead: `${A}{14}` }),
  shape('pulumi-token', 'pul-', `${H}{40}`),
  shape('doppler-token', 'dp.', `(?:pt|sa|ct|scim|audit|st(?:\\.[a-z0-9_-]{2,35})?)\\.${A}{40,44}`),
  shape('onepassword-token', 'ops_eyJ', `${B}{250,2000}`),
  shape('tailscale-key', 'tskey-', `[a-z]{2,10}-${A}{8,24}-${A}{20,40}`),
  shape('alibaba-key', 'LTAI', `5t${A}{18}`, { chanceInBase64: true }),
  shape('openshift-token', 'sha256~', `${W}{43}`),
  shape('swarm-token', 'SWMTKN-1-', '[a-z0-9]{50}-[a-z0-9]{25}'),
]
