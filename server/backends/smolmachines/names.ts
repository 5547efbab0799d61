import type { BottleSlug } from '../../contract/ids.ts'

const PREFIX = 'bot-bottle-'

/** A slug is a valid machine name by itself (see `bottleSlug`). */
export const machineName = (slug: BottleSlug): string => `${PREFIX}${slug}`

/** @returns what may be a slug; null for a machine of somebody else */
export const slugIn = (machine: string): string | null =>
  machine.startsWith(PREFIX) ? machine.slice(PREFIX.length) : null
