import { A, B, H, type Shape, shape, shapes, UUID, W } from './shape.ts'

/** Talk, payment, mail, shops and watching over services. */
export const SERVICE_SHAPES: readonly Shape[] = [
  shape('slack-bot', 'xoxb-', '\\d{8,14}-[0-9A-Za-z-]{18,200}'),
  shape('slack-user', 'xoxp-', '\\d{8,14}-[0-9A-Za-z-]{18,200}'),
  ...shapes('slack-legacy', ['xoxa-', 'xoxs-', 'xoxr-', 'xoxo-', 'xoxc-'], '\\d[0-9A-Za-z-]{19,200}'),
  shape('slack-cookie', 'xoxd-', '[0-9A-Za-z%+/=]{60,300}'),
  ...shapes('slack-config', ['xoxe-', 'xoxe.xoxp-', 'xoxe.xoxb-'], '\\d-[0-9A-Za-z]{100,200}'),
  shape('slack-app', 'xapp-', '\\d-[A-Z0-9]{8,20}-\\d{8,20}-[0-9a-f]{20,100}'),
  ...shapes(
    'slack-webhook',
    ['hooks.slack.com/services/', 'hooks.slack.com/workflows/', 'hooks.slack.com/triggers/'],
    '[A-Z0-9]{8,12}/[A-Za-z0-9]{8,16}/[A-Za-z0-9/]{20,60}',
  ),
  shape('telegram-token', ':AA', `${W}{33}`, { lead: '\\d{8,10}' }),
  // The first part is a number in base64, so only few letters can stand at each place.
  ...shapes('discord-token', ['MT', 'Mj', 'Mz', 'ND', 'NT', 'Nj', 'Nz', 'OD', 'OT'], discord()),
  ...shapes('discord-webhook', ['discord.com/api/webhooks/', 'discordapp.com/api/webhooks/'], `\\d{17,20}/${W}{60,72}`),
  shape('teams-webhook', '.webhook.office.com/webhookb2/', `${UUID}@${UUID}/IncomingWebhook/${H}{32}/${UUID}`),
  ...shapes('stripe-secret', ['sk_live_', 'sk_org_live_'], `${A}{20,200}`),
  shape('stripe-restricted', 'rk_live_', `${A}{20,200}`),
  shape('stripe-webhook', 'whsec_', `${B}{32,64}`),
  ...shapes('square-token', ['sq0atp-', 'sq0csp-'], `${W}{22,43}`),
  shape('braintree-token', 'access_token$production$', `[a-z0-9]{16}\\$${H}{32}`),
  shape('plaid-token', 'access-production-', UUID),
  shape('sendgrid-key', 'SG.', `${W}{22}\\.${W}{43}`),
  shape('mailgun-key', 'key-', `${H}{32}`),
  shape('mailchimp-key', '-us', '\\d{1,2}(?!\\d)', { lead: `${H}{32}` }),
  shape('brevo-key', 'xkeysib-', `${H}{64}-${A}{16}`),
  shape('resend-key', 're_', `${A}{8}_${A}{24}`),
  shape('twilio-key', 'SK', `${H}{32}`),
  ...shapes('shopify-token', ['shpat_', 'shpca_', 'shppa_', 'shpss_'], '[0-9a-fA-F]{32}'),
  ...shapes('shippo-token', ['shippo_live_', 'shippo_test_'], `${H}{40}`),
  ...shapes('easypost-key', ['EZAK', 'EZTK'], `${A}{54}`, { chanceInBase64: true }),
  shape('hubspot-token', 'pat-', `(?:na|eu|ap)\\d-${UUID}`),
  shape('airtable-token', 'pat', `${A}{14}\\.${H}{64}`),
  shape('typeform-token', 'tfp_', '[A-Za-z0-9_.=-]{59}'),
  shape('contentful-token', 'CFPAT-', `${W}{43}`),
  shape('dropbox-token', 'sl.', `(?:u\\.)?${W}{130,1500}`),
  shape('clickup-token', 'pk_', '\\d{5,9}_[A-Z0-9]{32}'),
  shape('mapbox-secret-token', 'sk.eyJ', `${W}{20,400}\\.${W}{22}`),
  shape('readme-key', 'rdme_', '[a-z0-9]{70}'),
  shape('prefect-key', 'pnu_', `${A}{36}`),
  shape('octopus-key', 'API-', '[A-Z0-9]{26}'),
  shape('newrelic-key', 'NRAK-', '[A-Z0-9]{27}'),
  shape('newrelic-key', 'NRII-', `${W}{32}`),
  shape('newrelic-key', 'NRAL', '', { lead: `${H}{36}` }),
  shape('grafana-token', 'glsa_', `${A}{32}_[0-9A-Fa-f]{8}`),
  shape('grafana-token', 'glc_', `eyJ${B}{60,400}`),
  shape('grafana-token', 'eyJrIjoi', `${A}{70,400}`),
  shape('dynatrace-token', 'dt0', '[a-z]\\d{2}\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}'),
]

function discord(): string {
  const first = '[AEIMQUYcgk][w-z0-5]'
  const further = '[MNO][DTjz][AEIMQUYcgk][w-z0-5]'
  return `${first}(?:${further}){4,5}[A-Za-z0-9]{0,3}\\.${W}{6}\\.${W}{27,38}`
}
