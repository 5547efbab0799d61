import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import type { PlanNotice } from '../contract/plan.ts'
import { GUEST_HOME } from './guest.ts'
import type { ProviderPlanner } from './plan.ts'

const guestPath = z.string().regex(/^\/home\/node\/[^\0]+$/, 'must lie below /home/node')

/** `contrib/<name>/provider.yaml` of the home: a provider as data, beside its Dockerfile. */
const contribSchema = z.strictObject({
  /** What runs in the terminal. `{prompt}` becomes the guest path of the prompt. */
  argv: z.array(z.string().min(1)).min(1).max(100),
  /** Literals only; secrets belong to bottles. */
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).default({}),
  skills: guestPath.default(`${GUEST_HOME}/skills`),
  /** File in which the program looks for instructions; it becomes a link to the prompt. */
  instructions: guestPath.optional(),
})

/**
 * Reads a provider of the operator's own.
 *
 * @param text of `provider.yaml`
 */
export function contribPlanner(name: string, home: string, text: string): ProviderPlanner | PlanNotice {
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true, stringKeys: true, prettyErrors: false })
  const file = `contrib/${name}/provider.yaml`
  const broken = [...document.errors, ...document.warnings][0]
  if (broken) {
    return { code: 'invalid-provider', message: `${file} cannot be read: ${broken.message}.`, fix: 'Correct the YAML.' }
  }
  const parsed = contribSchema.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {})
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const place = issue?.path.join('.') || 'the file'
    return {
      code: 'invalid-provider',
      message: `${file}: ${place}: ${issue?.message ?? 'is wrong'}.`,
      fix: `Allowed: ${Object.keys(contribSchema.shape).join(', ')}; argv is required.`,
    }
  }
  const { argv, env, skills, instructions } = parsed.data
  return {
    name,
    plan: ({ authToken, forwardHostCredentials, settings, prompt }) => ({
      dockerfile: join(home, 'contrib', name, 'Dockerfile'),
      argv: argv.map((argument) => argument.replaceAll('{prompt}', prompt.guestPath)),
      settings: {},
      env: Object.entries(env).map(([key, value]) => ({ name: key, origin: 'provider', value, from: name })),
      routes: [],
      slots: [],
      skillsPath: skills,
      instructionsPath: instructions ?? null,
      blockers: [
        ...(authToken || forwardHostCredentials
          ? [
              {
                code: 'unsupported-login',
                message: `The provider ${name} adds no route of its own, so it cannot use auth_token or forward_host_credentials.`,
                fix: 'Remove them, and write a route with auth.token_ref.',
              },
            ]
          : []),
        ...(Object.keys(settings).length > 0
          ? [
              {
                code: 'invalid-settings',
                message: `The provider ${name} has no settings.`,
                fix: `Remove agent_provider.settings, or write them into argv of ${file}.`,
              },
            ]
          : []),
      ],
      warnings: [],
    }),
  }
}
