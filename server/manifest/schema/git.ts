import { z } from 'zod'
import { hostVariable } from './env.ts'

const HOST = '[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?'
const SSH_URL = new RegExp(`^ssh://(?:[A-Za-z0-9._][A-Za-z0-9._-]*@)?${HOST}(?::\\d{1,5})?/[^\\s]+$`)
const SCP = new RegExp(`^(?:[A-Za-z0-9._][A-Za-z0-9._-]*@)?${HOST}:(?!//)[^\\s:-][^\\s]*$`)

const sshUrl = z
  .string()
  .describe('an ssh address: ssh://git@host/owner/repo.git or git@host:owner/repo.git')
  .superRefine((url, context) => {
    if (SSH_URL.test(url) || (!url.includes('://') && SCP.test(url))) return
    const web = /^https?:\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/i.exec(url)
    context.addIssue({
      code: 'custom',
      message: web
        ? 'A repository behind the gate is reached over ssh, not https.'
        : `${JSON.stringify(hide(url))} is not an ssh address.`,
      params: {
        fix: web ? `Write git@${web[1]}:${web[2]}` : 'Write ssh://git@host/owner/repo.git or git@host:owner/repo.git.',
      },
    })
  })

/** A password in an address must not reach a message. */
const hide = (url: string): string => url.replace(/\/\/[^@/]*@/, '//…@')

const HOST_KEY_TYPES = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
]

const hostKey = z
  .string()
  .describe('the key as `<type> <base64>`, as ssh-keyscan prints it after the host name')
  .superRefine((text, context) => {
    const refuse = (message: string, fix: string) => context.addIssue({ code: 'custom', message, params: { fix } })
    const [type = '', key = '', ...rest] = text.trim().split(/\s+/)
    if (rest.length > 0 || !HOST_KEY_TYPES.includes(type)) {
      const [, second = ''] = [type, key]
      const fix = HOST_KEY_TYPES.includes(second)
        ? `Leave out the host: ${second} ${rest[0] ?? '…'}`
        : `Write <type> <base64> and nothing else; types are ${HOST_KEY_TYPES.slice(0, 5).join(', ')}.`
      return refuse('host_key is not of the form `<type> <base64>`.', fix)
    }
    // RFC 4253, 6.6: the blob begins with the length and name of its own type.
    const blob = Buffer.from(key, 'base64')
    const inner = blob.length > 4 ? blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1') : ''
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(key) || inner !== type) {
      refuse(
        `The base64 of host_key is not a key of type ${type}.`,
        'Copy the whole line that `ssh-keyscan -t ed25519 <host>` prints.',
      )
    }
  })

const gitKey = z
  .strictObject({
    provider: z.enum(['static', 'gitea', 'github', 'gitlab']).describe('one of static, gitea, github, gitlab'),
    path: z.string().min(1).describe('the path of a private key file on the host').optional(),
    forge_token_env: hostVariable.optional(),
    api_url: z
      .string()
      .regex(/^https?:\/\/[^\s/@]+(?:\/[^\s]*)?$/, 'api_url must be an http(s) address without a user name.')
      .describe('the address of the forge’s API, such as https://gitea.example.com/api/v1')
      .optional(),
  })
  .superRefine((key, context) => {
    const refuse = (field: string, message: string, fix: string) =>
      context.addIssue({ code: 'custom', path: [field], message, params: { fix } })
    if (key.provider === 'static') {
      if (!key.path) refuse('path', 'A static key needs the path of its file.', 'Add path: ~/.ssh/id_ed25519.')
      for (const field of ['forge_token_env', 'api_url'] as const) {
        if (key[field] !== undefined)
          refuse(field, `${field} belongs to forge providers, not to static.`, `Remove ${field}.`)
      }
    } else {
      if (!key.forge_token_env) {
        refuse(
          'forge_token_env',
          `A key of ${key.provider} needs the name of the host variable with its token.`,
          'Add forge_token_env: FORGE_TOKEN.',
        )
      }
      if (key.path !== undefined) refuse('path', `path belongs to static keys, not to ${key.provider}.`, 'Remove path.')
      if (key.provider === 'gitea' && !key.api_url) {
        refuse(
          'api_url',
          'gitea has no public instance: its API address is needed.',
          'Add api_url: https://gitea.example.com/api/v1.',
        )
      }
    }
  })
  .describe('{provider: static, path: …} or {provider: gitea|github|gitlab, forge_token_env: NAME}')

/** Fields may come from a parent bottle, so none is required here; the fold checks that `url` and `key` are there. */
const gitRepo = z.strictObject({ url: sshUrl.optional(), host_key: hostKey.optional(), key: gitKey.optional() })

const oneLine = (what: string, max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\p{Cc}<>]+$/u, `This must be one line without < and >.`)
    .describe(what)

export const gitUserSchema = z.strictObject({
  name: oneLine('a name, such as Ada Lovelace', 200).optional(),
  email: oneLine('an e-mail address', 254).optional(),
})

export const gitGateSchema = z.strictObject({
  user: gitUserSchema.optional(),
  repos: z
    .record(
      z
        .string()
        .regex(
          /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/i,
          'The name of a repository has letters, digits, dots, dashes and underscores.',
        ),
      gitRepo,
    )
    .describe('a map: a name for each repository, with its url and key')
    .optional(),
})
