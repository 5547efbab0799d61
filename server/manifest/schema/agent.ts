import { z } from 'zod'
import { gitUserSchema } from './git.ts'

const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/i

/** Accepted and not used here, so that the same file can also serve other programs. */
const elsewhere = z.unknown()

export const agentSchema = z
  .strictObject({
    bottle: z
      .string()
      .regex(NAME, 'This is not the name of a bottle.')
      .describe('the name of a bottle: its file without .md')
      .optional(),
    skills: z
      .array(
        z
          .string()
          .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'The name of a skill is kebab-case: lower-case words joined by dashes.')
          .max(64)
          .describe('the name of a folder of skills/, such as code-review'),
      )
      .refine((skills) => new Set(skills).size === skills.length, 'A skill is listed twice.')
      .describe('a list of names')
      .optional(),
    'git-gate': z.strictObject({ user: gitUserSchema.optional() }).describe('a map with user').optional(),
    name: elsewhere.optional(),
    description: z.string().describe('a text').optional(),
    model: elsewhere.optional(),
    color: elsewhere.optional(),
    memory: elsewhere.optional(),
    tools: elsewhere.optional(),
  })
  .describe('a map of keys')

export type AgentData = z.infer<typeof agentSchema>
