import { z } from 'zod'

/**
 * Name of one run, in every container, network, machine, folder and address.
 * Lower-case letters, digits and dashes, 1 to 40; no `--`, no trailing `-` (smolvm's machine names forbid both).
 */
export const bottleSlug = z
  .string()
  .regex(/^[a-z0-9](?:-?[a-z0-9]){0,39}$/, 'A slug has lower-case letters, digits and single dashes, at most 40.')
  .max(40)
  .brand<'BottleSlug'>()
export type BottleSlug = z.infer<typeof bottleSlug>

/** Name of an agent, bottle or skill: its file name without `.md`, kebab-case. */
export const manifestName = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/i,
    'A name has letters, digits, dots, dashes and underscores, at most 64.',
  )
  .brand<'ManifestName'>()
export type ManifestName = z.infer<typeof manifestName>

export const planId = z.uuid().brand<'PlanId'>()
export type PlanId = z.infer<typeof planId>

/** SHA-256 in lower-case hex. */
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<'Sha256'>()
export type Sha256 = z.infer<typeof sha256>

/** Number of an event: per bottle, from 1, strictly increasing. The id of a server-sent event. */
export const eventSeq = z.coerce.number().int().nonnegative().brand<'EventSeq'>()
export type EventSeq = z.infer<typeof eventSeq>

export const shareId = z.uuid().brand<'ShareId'>()
export type ShareId = z.infer<typeof shareId>

/** Terminal session of a bottle: `agent`, or the id of a shell opened beside it. */
export const ttySession = z.union([z.literal('agent'), z.string().regex(/^shell-[a-z0-9]{6}$/)]).brand<'TtySession'>()
export type TtySession = z.infer<typeof ttySession>

export const backendName = z.enum(['docker', 'smolmachines'])
export type BackendName = z.infer<typeof backendName>

/** IPv4 network in prefix notation. */
export type Cidr = `${number}.${number}.${number}.${number}/${number}`
