import type { Dice, Make } from './dice.ts'

const discord: Make = (d) => `${Buffer.from(`1${d.digits(18)}`).toString('base64url')}.${d.word(6)}.${d.word(38)}`
const discordOf =
  (first: string): Make =>
  (d) =>
    `${Buffer.from(first + d.digits(17)).toString('base64url')}.${d.word(6)}.${d.word(27)}`
const xoxe = (d: Dice) => `1-${d.large(163)}`

/** Services. See token-kinds.ts. */
export const SERVICE_KINDS: Readonly<Record<string, readonly Make[]>> = {
  'slack-bot': [(d) => `xoxb-${d.digits(12)}-${d.digits(13)}-${d.alnum(24)}`],
  'slack-user': [(d) => `xoxp-${d.digits(12)}-${d.digits(12)}-${d.digits(13)}-${d.hex(32)}`],
  'slack-legacy': ['a', 's', 'r', 'o', 'c'].map(
    (kind) => (d: Dice) => `xox${kind}-2-${d.digits(12)}-${d.digits(12)}-${d.hex(32)}`,
  ),
  'slack-cookie': [(d) => `xoxd-${d.alnum(80)}%2B${d.alnum(40)}`],
  'slack-config': [(d) => `xoxe-${xoxe(d)}`, (d) => `xoxe.xoxp-${xoxe(d)}`, (d) => `xoxe.xoxb-${xoxe(d)}`],
  'slack-app': [(d) => `xapp-1-A${d.large(10)}-${d.digits(13)}-${d.hex(64)}`],
  'slack-webhook': [
    (d) => `https://hooks.slack.com/services/T${d.large(10)}/B${d.large(10)}/${d.alnum(24)}`,
    (d) => `https://hooks.slack.com/workflows/T${d.large(8)}/A${d.large(10)}/${d.digits(18)}/${d.alnum(24)}`,
    (d) => `https://hooks.slack.com/triggers/T${d.large(8)}/${d.digits(13)}/${d.hex(32)}`,
  ],
  'telegram-token': [(d) => `7${d.digits(9)}:AA${d.word(33)}`],
  'discord-token': [discord, ...['2', '3', '4', '5', '6', '7', '8', '9'].map(discordOf)],
  'discord-webhook': [
    (d) => `https://discord.com/api/webhooks/1${d.digits(18)}/${d.word(68)}`,
    (d) => `https://discordapp.com/api/webhooks/1${d.digits(18)}/${d.word(68)}`,
  ],
  'teams-webhook': [
    (d) => `https://acme.webhook.office.com/webhookb2/${d.uuid()}@${d.uuid()}/IncomingWebhook/${d.hex(32)}/${d.uuid()}`,
  ],
  'stripe-secret': [(d) => `sk_live_${d.alnum(99)}`, (d) => `sk_org_live_${d.alnum(60)}`],
  'stripe-restricted': [(d) => `rk_live_${d.alnum(99)}`],
  'stripe-webhook': [(d) => `whsec_${d.alnum(32)}`],
  'square-token': [(d) => `sq0atp-${d.word(22)}`, (d) => `sq0csp-${d.word(43)}`],
  'braintree-token': [(d) => `access_token$production$${d.small(16)}$${d.hex(32)}`],
  'plaid-token': [(d) => `access-production-${d.uuid()}`],
  'sendgrid-key': [(d) => `SG.${d.word(22)}.${d.word(43)}`],
  'mailgun-key': [(d) => `key-${d.hex(32)}`],
  'mailchimp-key': [(d) => `${d.hex(32)}-us12`],
  'brevo-key': [(d) => `xkeysib-${d.hex(64)}-${d.alnum(16)}`],
  'resend-key': [(d) => `re_${d.alnum(8)}_${d.alnum(24)}`],
  'twilio-key': [(d) => `SK${d.hex(32)}`],
  'shopify-token': ['at', 'ca', 'pa', 'ss'].map((kind) => (d: Dice) => `shp${kind}_${d.hex(32)}`),
  'shippo-token': [(d) => `shippo_live_${d.hex(40)}`, (d) => `shippo_test_${d.hex(40)}`],
  'easypost-key': [(d) => `EZAK${d.alnum(54)}`, (d) => `EZTK${d.alnum(54)}`],
  'hubspot-token': [(d) => `pat-na1-${d.uuid()}`],
  'airtable-token': [(d) => `pat${d.alnum(14)}.${d.hex(64)}`],
  'typeform-token': [(d) => `tfp_${d.word(44)}_${d.word(14)}`],
  'contentful-token': [(d) => `CFPAT-${d.word(43)}`],
  'dropbox-token': [(d) => `sl.u.${d.word(1200)}`],
  'clickup-token': [(d) => `pk_${d.digits(8)}_${d.large(32)}`],
  'mapbox-secret-token': [(d) => `sk.${d.json({ u: d.small(8), a: d.small(25) })}.${d.word(22)}`],
  'readme-key': [(d) => `rdme_${d.small(70)}`],
  'prefect-key': [(d) => `pnu_${d.alnum(36)}`],
  'octopus-key': [(d) => `API-${d.large(26)}`],
  'newrelic-key': [(d) => `NRAK-${d.large(27)}`, (d) => `NRII-${d.word(32)}`, (d) => `${d.hex(36)}NRAL`],
  'grafana-token': [
    (d) => `glsa_${d.alnum(32)}_${d.hex(8)}`,
    (d) =>
      `glc_${Buffer.from(JSON.stringify({ o: d.digits(6), n: d.small(10), k: d.alnum(24), m: { r: 'us' } })).toString('base64')}`,
    (d) =>
      Buffer.from(JSON.stringify({ k: d.alnum(32), n: d.small(9), id: 1 }))
        .toString('base64')
        .replace(/=+$/, ''),
  ],
  'dynatrace-token': [(d) => `dt0c01.${d.large(24)}.${d.large(64)}`],
}
