import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import type { BottleSlug } from '../contract/ids.ts'

/** Labels of everything we make on an engine; what exists is found by them, never by memory. */
export const LABEL = {
  slug: 'io.bot-bottle.slug',
  role: 'io.bot-bottle.role',
  home: 'io.bot-bottle.home',
} as const

/** What a labelled object is. `image` marks what we built; it belongs to no single bottle. */
export type LabelRole = 'agent' | 'sidecars' | 'network' | 'registry' | 'image' | 'frozen'

/** Name of the agent's container. */
export const containerName = (slug: BottleSlug): string => `bot-bottle-${slug}`
/** Name of the sidecar bundle's container. */
export const sidecarsName = (slug: BottleSlug): string => `bot-bottle-${slug}-sidecars`
/** The image of what a bottle was frozen into. */
export const frozenImageName = (slug: BottleSlug): string => `bot-bottle-${slug}:frozen`
/** The network without a way out, on which the agent and its bundle meet. */
export const internalNetworkName = (slug: BottleSlug): string => `bot-bottle-${slug}`
/** The ordinary network, on which only the bundle is. */
export const egressNetworkName = (slug: BottleSlug): string => `bot-bottle-${slug}-egress`

/**
 * Tells the objects of one home from those of another installation, or of a test, on the same engine.
 *
 * @param home path of the operator's home; made absolute, so that two spellings give the same hash
 * @returns the first 16 hex digits of its SHA-256
 */
export const homeHash = (home: string): string => createHash('sha256').update(resolve(home)).digest('hex').slice(0, 16)

/** The labels of one object of a bottle. */
export const labelsOf = (slug: BottleSlug, role: LabelRole, home: string): Record<string, string> => ({
  [LABEL.slug]: slug,
  [LABEL.role]: role,
  [LABEL.home]: homeHash(home),
})
