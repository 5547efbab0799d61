/**
 * Shapes of tokens that providers give out. Every pattern is bounded and begins with a literal, so that it is only tried
 * where its `anchor` stands. No `\b` before an anchor: `xghp_…` would slip past it.
 *
 * Prefixes and lengths are those the providers document; gitleaks' rule set (MIT) names the same ones.
 */
export interface Shape {
  id: string
  anchor: string
  pattern: RegExp
}

const shape = (id: string, anchor: string, rest: string): Shape => ({
  id,
  anchor,
  pattern: new RegExp(anchor.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') + rest, 'g'),
})

export const SHAPES: readonly Shape[] = [
  shape('anthropic-key', 'sk-ant-', '[a-z]{2,8}\\d{2}-[A-Za-z0-9_-]{40,200}'),
  shape('openai-project-key', 'sk-proj-', '[A-Za-z0-9_-]{40,200}'),
  shape('openai-service-key', 'sk-svcacct-', '[A-Za-z0-9_-]{40,200}'),
  shape('openai-key', 'sk-', '[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}'),
  shape('openrouter-key', 'sk-or-v1-', '[0-9a-f]{64}'),
  shape('github-token', 'ghp_', '[A-Za-z0-9]{36,255}'),
  shape('github-oauth', 'gho_', '[A-Za-z0-9]{36,255}'),
  shape('github-user', 'ghu_', '[A-Za-z0-9]{36,255}'),
  shape('github-server', 'ghs_', '[A-Za-z0-9]{36,255}'),
  shape('github-refresh', 'ghr_', '[A-Za-z0-9]{36,255}'),
  shape('github-fine-grained', 'github_pat_', '[A-Za-z0-9]{22}_[A-Za-z0-9]{59}'),
  shape('gitlab-token', 'glpat-', '[A-Za-z0-9_-]{20,64}'),
  shape('gitlab-deploy', 'gldt-', '[A-Za-z0-9_-]{20,64}'),
  shape('gitlab-runner', 'glrt-', '[A-Za-z0-9_-]{20,64}'),
  shape('aws-access-key', 'AKIA', '[A-Z2-7]{16}'),
  shape('aws-session-key', 'ASIA', '[A-Z2-7]{16}'),
  shape('google-api-key', 'AIza', '[A-Za-z0-9_-]{35}'),
  shape('google-oauth', 'ya29.', '[A-Za-z0-9_-]{40,1000}'),
  shape('google-oauth-secret', 'GOCSPX-', '[A-Za-z0-9_-]{28}'),
  shape('slack-bot', 'xoxb-', '[0-9A-Za-z-]{20,200}'),
  shape('slack-user', 'xoxp-', '[0-9A-Za-z-]{20,200}'),
  shape('slack-app', 'xapp-', '\\d-[A-Z0-9]{8,20}-\\d{8,20}-[0-9a-f]{20,100}'),
  shape('slack-webhook', 'hooks.slack.com/services/', '[A-Z0-9]{8,12}/[A-Z0-9]{8,12}/[A-Za-z0-9]{20,30}'),
  shape('stripe-secret', 'sk_live_', '[0-9A-Za-z]{20,150}'),
  shape('stripe-restricted', 'rk_live_', '[0-9A-Za-z]{20,150}'),
  shape('npm-token', 'npm_', '[A-Za-z0-9]{36}'),
  shape('pypi-token', 'pypi-AgEIcHlwaS5vcmc', '[A-Za-z0-9_-]{50,500}'),
  shape('sendgrid-key', 'SG.', '[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}'),
  shape('twilio-key', 'SK', '[0-9a-f]{32}'),
  shape('digitalocean-token', 'dop_v1_', '[0-9a-f]{64}'),
  shape('huggingface-token', 'hf_', '[A-Za-z]{34}'),
  shape('vault-token', 'hvs.', '[A-Za-z0-9_-]{24,200}'),
  shape('doppler-token', 'dp.pt.', '[A-Za-z0-9]{43}'),
  shape('linear-key', 'lin_api_', '[A-Za-z0-9]{40}'),
  shape('shopify-token', 'shpat_', '[0-9a-fA-F]{32}'),
  shape('age-key', 'AGE-SECRET-KEY-1', '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}'),
  shape('private-key', '-----BEGIN ', '(?:[A-Z]{2,10} ){0,3}PRIVATE KEY(?: BLOCK)?-----'),
  shape('json-web-token', 'eyJ', '[A-Za-z0-9_-]{10,2000}\\.eyJ[A-Za-z0-9_-]{10,4000}\\.[A-Za-z0-9_-]{20,1000}'),
  shape('gcp-service-account', '"private_key_id"', '\\s{0,4}:\\s{0,4}"[0-9a-f]{40}"'),
  // An AWS secret key has no shape of its own: only its name gives it away.
  shape('aws-secret-key', 'aws_secret_access_key', '["\']?\\s{0,4}[:=]\\s{0,4}["\']?[A-Za-z0-9/+]{40}'),
  shape('aws-secret-key', 'AWS_SECRET_ACCESS_KEY', '["\']?\\s{0,4}[:=]\\s{0,4}["\']?[A-Za-z0-9/+]{40}'),
  shape('aws-secret-key', 'SecretAccessKey', '["\']?\\s{0,4}[:=]\\s{0,4}["\']?[A-Za-z0-9/+]{40}'),
]

/** Values that documentation prints: everybody has them. */
const EXAMPLES = new Set(['AKIAIOSFODNN7EXAMPLE'])

/** @returns ids of the shapes that stand in a text. @param only ids to look for; null for all */
export function shapesIn(text: string, only: readonly string[] | null): Set<string> {
  const ids = new Set<string>()
  for (const { id, anchor, pattern } of SHAPES) {
    if ((only && !only.includes(id)) || ids.has(id) || !text.includes(anchor)) continue
    for (const [match] of text.matchAll(pattern)) {
      if (EXAMPLES.has(match)) continue
      ids.add(id)
      break
    }
  }
  return ids
}

export function redactShapes(text: string, only: readonly string[] | null, replacement: string): string {
  let left = text
  for (const { id, anchor, pattern } of SHAPES) {
    if ((only && !only.includes(id)) || !left.includes(anchor)) continue
    left = left.replace(pattern, (match) => (EXAMPLES.has(match) ? match : replacement))
  }
  return left
}
