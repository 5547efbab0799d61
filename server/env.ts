import { homedir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'

/** Names and addresses that only this machine reaches. */
const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)

const absent = (value: unknown) => (value === '' ? undefined : value)
const text = z.preprocess(absent, z.string().optional())

const environment = z
  .object({
    BOT_BOTTLE_PORT: z.preprocess(
      absent,
      z.coerce
        .number({ error: 'BOT_BOTTLE_PORT must be a number, such as 4747.' })
        .int('BOT_BOTTLE_PORT must be a whole number, such as 4747.')
        .min(0, 'BOT_BOTTLE_PORT must be between 0 (any free port) and 65535.')
        .max(65535, 'BOT_BOTTLE_PORT must be between 0 (any free port) and 65535.')
        .default(4747),
    ),
    BOT_BOTTLE_HOST: z.preprocess(
      absent,
      z
        .string()
        .regex(
          /^[a-z0-9.:-]+$/i,
          'BOT_BOTTLE_HOST must be a host name or an address without a port, such as 127.0.0.1.',
        )
        .default('127.0.0.1'),
    ),
    BOT_BOTTLE_TOKEN: z.preprocess(
      absent,
      z
        .string()
        .regex(/^[\x21-\x7e]{16,256}$/, 'BOT_BOTTLE_TOKEN must have 16 to 256 visible ASCII characters.')
        .optional(),
    ),
    BOT_BOTTLE_ALLOWED_HOSTS: text,
    BOT_BOTTLE_HOME: text,
    BOT_BOTTLE_BASE_IMAGE: text,
    BOT_BOTTLE_EXTRA_CA: text,
    BOT_BOTTLE_SMOLVM: text,
    BOT_BOTTLE_UNENFORCED_SMOLVM: z.preprocess(
      absent,
      z.enum(['0', '1'], { error: 'BOT_BOTTLE_UNENFORCED_SMOLVM must be 1 or 0.' }).default('0'),
    ),
    BOT_BOTTLE_LOG: z.preprocess(
      absent,
      z
        .enum(['debug', 'info', 'warn', 'error'], { error: 'BOT_BOTTLE_LOG must be debug, info, warn or error.' })
        .default('info'),
    ),
    NODE_ENV: text,
    NODE_EXTRA_CA_CERTS: text,
    SSL_CERT_FILE: text,
    XDG_CACHE_HOME: text,
  })
  .superRefine((env, context) => {
    if (isLoopback(env.BOT_BOTTLE_HOST) || env.BOT_BOTTLE_TOKEN) return
    context.addIssue({
      code: 'custom',
      message:
        `BOT_BOTTLE_HOST=${env.BOT_BOTTLE_HOST} lets other machines reach this server, and whoever reaches it can run programs here. ` +
        'Set BOT_BOTTLE_TOKEN to a long random value as well (for example the output of `openssl rand -hex 24`), or leave BOT_BOTTLE_HOST out.',
    })
  })

/** The process's settings: parsed once at start, typed from then on. */
export interface Env {
  dev: boolean
  /** 0: any free port. */
  port: number
  /** Where the server listens. */
  host: string
  /** Null: nobody needs one, because only this machine reaches the server. */
  token: string | null
  /** Further `Host` headers to accept, lower-case, with or without a port. */
  allowedHosts: readonly string[]
  /** Absolute path of the operator's home, `~/.bot-bottle`. */
  home: string
  /** Absolute path of the cache, `~/.cache/bot-bottle`. */
  cache: string
  /** What agent images are built on; null: the official slim Node image. */
  baseImage: string | null
  /** File of extra certificate authorities of the host, for images and guests. */
  extraCa: string | null
  /** Name or path of the micro-VM program. */
  smolvm: string
  /** The operator's switch for a smolvm that does not enforce what a machine may reach. */
  unenforcedSmolvm: boolean
  logLevel: 'debug' | 'info' | 'warn' | 'error'
}

/** The environment or the command line cannot be used; each line says what is wrong and what would be right. */
export class EnvError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'EnvError'
  }
}

/**
 * @param argv arguments after the script: `--dev` is the only one
 * @throws EnvError with every problem at once
 */
export function parseEnv(variables: NodeJS.ProcessEnv, argv: readonly string[]): Env {
  const unknown = argv.filter((argument) => argument !== '--dev')
  const parsed = environment.safeParse(variables)
  const problems = [
    ...unknown.map(
      (argument) => `${argument} is not known. The only argument is --dev; settings are environment variables.`,
    ),
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => issue.message)),
  ]
  if (!parsed.success || problems.length > 0) throw new EnvError(problems)
  const env = parsed.data
  return {
    dev: argv.includes('--dev') || env.NODE_ENV === 'development',
    port: env.BOT_BOTTLE_PORT,
    host: env.BOT_BOTTLE_HOST,
    token: env.BOT_BOTTLE_TOKEN ?? null,
    allowedHosts: (env.BOT_BOTTLE_ALLOWED_HOSTS ?? '')
      .split(/[\s,]+/)
      .filter(Boolean)
      .map((name) => name.toLowerCase()),
    home: path.resolve(env.BOT_BOTTLE_HOME ?? path.join(homedir(), '.bot-bottle')),
    cache: path.join(path.resolve(env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache')), 'bot-bottle'),
    baseImage: env.BOT_BOTTLE_BASE_IMAGE ?? null,
    extraCa: env.BOT_BOTTLE_EXTRA_CA ?? env.NODE_EXTRA_CA_CERTS ?? env.SSL_CERT_FILE ?? null,
    smolvm: env.BOT_BOTTLE_SMOLVM ?? 'smolvm',
    unenforcedSmolvm: env.BOT_BOTTLE_UNENFORCED_SMOLVM === '1',
    logLevel: env.BOT_BOTTLE_LOG,
  }
}
