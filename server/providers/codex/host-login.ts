import { z } from 'zod'
import { GUEST_HOME, PLACEHOLDER_TOKEN } from '../guest.ts'
import type { GuestFile } from '../guest-file.ts'
import type { HostLogin, LoginProblem } from '../host-logins.ts'

/**
 * `auth.json` of Codex as 0.169.0 writes it. Keys that are not listed are not passed on.
 * @see https://github.com/openai/codex/blob/main/codex-rs/login/src/auth/storage.rs and token_data.rs beside it
 */
const authFile = z.object({
  auth_mode: z.string().optional(),
  OPENAI_API_KEY: z.string().nullish(),
  tokens: z.object({ id_token: z.string(), access_token: z.string(), account_id: z.string().nullish() }).nullish(),
  last_refresh: z.string().nullish(),
})

/** What of a token's claims Codex looks at. */
const claims = z.object({
  exp: z.number().optional(),
  'https://api.openai.com/auth': z
    .object({
      chatgpt_plan_type: z.string().nullish(),
      chatgpt_account_id: z.string().nullish(),
      chatgpt_account_is_fedramp: z.boolean().nullish(),
    })
    .optional(),
})
type Claims = z.infer<typeof claims>

/** Codex renews a login that ends within five minutes, which a guest cannot do. */
const MARGIN_MS = 5 * 60_000

const LOG_IN = {
  code: 'unusable-host-login',
  fix: 'Log in on this machine: codex login. Then review the launch again.',
} as const

/** An API key's login with a placeholder in it. */
export const API_KEY_LOGIN = { auth_mode: 'apikey', OPENAI_API_KEY: PLACEHOLDER_TOKEN }

export const guestLogin = (login: object): GuestFile => ({
  path: `${GUEST_HOME}/.codex/auth.json`,
  mode: 0o600,
  content: `${JSON.stringify(login, null, 2)}\n`,
})

/** Takes the host's login apart: ChatGPT's access token, or an API key. */
export function codexLogin(text: string, now: number): HostLogin | LoginProblem {
  const login = parsed(authFile, text)
  if (!login) return { message: 'The login of codex in ~/.codex/auth.json cannot be understood.', ...LOG_IN }
  const { tokens, OPENAI_API_KEY: apiKey } = login
  if (login.auth_mode?.toLowerCase() === 'apikey' || (!tokens && apiKey)) {
    if (!apiKey) return { message: 'codex is not logged in on this machine.', ...LOG_IN }
    return { kind: 'api-key', token: apiKey, expiresAt: null, guestFiles: [guestLogin(API_KEY_LOGIN)] }
  }
  if (!tokens?.access_token) return { message: 'codex is not logged in on this machine.', ...LOG_IN }

  const access = claimsOf(tokens.access_token)
  const account = claimsOf(tokens.id_token)?.['https://api.openai.com/auth'] ?? access?.['https://api.openai.com/auth']
  const expiresAt = access?.exp === undefined ? null : access.exp * 1000
  if (expiresAt !== null && expiresAt - MARGIN_MS <= now) {
    const when = new Date(expiresAt).toISOString().slice(0, 16).replace('T', ' ')
    return {
      code: 'unusable-host-login',
      message: `The login of codex on this machine ${expiresAt <= now ? 'expired' : 'expires in minutes'} (${when} UTC).`,
      fix: 'Renew it on this machine: codex login, or start codex once. Then review the launch again.',
    }
  }
  const accountId = tokens.account_id ?? account?.chatgpt_account_id ?? null
  const standIn = placeholderJwt({
    ...(access?.exp !== undefined && { exp: access.exp }),
    'https://api.openai.com/auth': {
      chatgpt_plan_type: account?.chatgpt_plan_type ?? null,
      chatgpt_account_id: accountId,
      ...(account?.chatgpt_account_is_fedramp && { chatgpt_account_is_fedramp: true }),
    },
  })
  const content = {
    auth_mode: 'chatgpt',
    OPENAI_API_KEY: null,
    tokens: { id_token: standIn, access_token: standIn, refresh_token: PLACEHOLDER_TOKEN, account_id: accountId },
    // The time at which the guest gets it: an older login is renewed, which a guest cannot do.
    last_refresh: new Date(now).toISOString(),
  }
  return {
    kind: 'account',
    token: tokens.access_token,
    expiresAt,
    guestFiles: [guestLogin(content)],
  }
}

const claimsOf = (jwt: string): Claims | null =>
  parsed(claims, Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'))

function parsed<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** Codex reads who is logged in, and until when, from tokens without checking their signature; the vendor checks it. */
export function placeholderJwt(payload: object): string {
  const part = (value: string) => Buffer.from(value).toString('base64url')
  const header = { alg: 'RS256', typ: 'JWT' }
  return [part(JSON.stringify(header)), part(JSON.stringify(payload)), part(PLACEHOLDER_TOKEN)].join('.')
}
