import { randomBytes } from 'node:crypto'

const random = () => randomBytes(24).toString('base64url')
const jwt = (claims: object): string =>
  [JSON.stringify({ alg: 'RS256', typ: 'JWT' }), JSON.stringify(claims), randomBytes(64)]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')

/** What Codex and its vendor know an account by; no secret. */
const ACCOUNT = 'https://api.openai.com/auth'

/**
 * A login of ChatGPT as Codex writes it, with values that nobody has seen before.
 * @param exp seconds of the epoch at which its access token expires
 */
export function chatgptLogin(exp: number, accountId = `acc-${random()}`) {
  const account = { chatgpt_plan_type: 'plus', chatgpt_account_id: accountId }
  return {
    auth_mode: 'chatgpt',
    OPENAI_API_KEY: null,
    tokens: {
      id_token: jwt({ email: `${random()}@example.com`, [ACCOUNT]: account }),
      access_token: jwt({ exp, jti: random(), [ACCOUNT]: account }),
      refresh_token: random(),
      account_id: accountId,
    },
    last_refresh: new Date().toISOString(),
  }
}

/** What an access token tells about itself. `jti` is nobody's business but the vendor's. */
export const claimsOf = (token: string): { exp: number; jti?: string } =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
