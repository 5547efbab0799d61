import { z } from 'zod'

/** A value of an environment variable as it is written in a bottle file. */
export type EnvValue =
  | { kind: 'literal'; value: string }
  | { kind: 'host'; hostName: string }
  | { kind: 'asked'; message: string }

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

const PROXY = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'FTP_PROXY']
const AUTHORITIES = [
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'CODEX_CA_CERTIFICATE',
]
const OURS = ['GIT_GATE_URL', 'MCP_SUPERVISE_URL', 'HOME', 'USER', 'LOGNAME']

/** Names that the bottle itself sets; another value would cut the agent off from egress, the gate or its own home. */
const RESERVED: ReadonlySet<string> = new Set([
  ...PROXY,
  ...PROXY.map((name) => name.toLowerCase()),
  ...AUTHORITIES,
  ...OURS,
])

/** What is wrong with a name, or null. */
export function envNameProblem(name: string): { message: string; fix: string } | null {
  if (!NAME.test(name)) {
    return {
      message: `${JSON.stringify(name)} is not a name for an environment variable.`,
      fix: 'Use letters, digits and underscores, not beginning with a digit.',
    }
  }
  if (RESERVED.has(name)) {
    return {
      message: `${name} is set by the bottle itself and cannot be declared.`,
      fix: 'Remove it; reach other hosts by adding routes.',
    }
  }
  return null
}

/** Name of a variable in the host's environment, such as `auth.token_ref` names it. */
export const hostVariable = z
  .string()
  .regex(NAME, 'This is not the name of an environment variable; a token itself never belongs into a manifest.')
  .describe('the name of a variable in the environment of the server, such as GITHUB_TOKEN')

/** Reads one value: `?` and `?message` are asked for, `${NAME}` comes from the host, all else is literal. */
export function envValue(text: string): EnvValue {
  if (text.startsWith('?')) return { kind: 'asked', message: text.slice(1).trim() }
  const host = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(text)
  if (host) return { kind: 'host', hostName: host[1]! }
  return { kind: 'literal', value: text }
}

/** Why a literal is probably not what was meant, or null. */
export function literalDoubt(name: string, text: string): { message: string; fix: string } | null {
  if (envValue(text).kind !== 'literal') return null
  if (/^\$[A-Za-z_][A-Za-z0-9_]*$/.test(text) || /\$\{[^}]*\}/.test(text)) {
    return {
      message: `env.${name} is used as it is written: only a value that is \${NAME} and nothing else is read from the host.`,
      fix: `Write \${NAME} alone, or leave it if the text is meant.`,
    }
  }
  if (/^(?:gh[pousr]_|github_pat_|glpat-|sk-ant-|sk-proj-|sk_live_|xox[abprs]-|AKIA|npm_)[\w-]{12,}/.test(text)) {
    return {
      message: `env.${name} looks like a token. A literal is shown on pages and can be read by the agent.`,
      fix: `Write \${${name}} to read it from the host, or better a route with auth.token_ref, so that the agent never holds it.`,
    }
  }
  return null
}

export const envSchema = z.record(
  z.string().superRefine((name, context) => {
    const problem = envNameProblem(name)
    if (problem) context.addIssue({ code: 'custom', message: problem.message, params: { fix: problem.fix } })
  }),
  z
    .string()
    .refine((text) => !text.includes('\0'), 'A value cannot hold a zero byte.')
    .describe(`a text: a literal, \${HOST_VAR}, or "?message" to be asked at launch; quote numbers, true and false`),
)
