import { homeHash, LABEL } from '../../engine/names.ts'

/** Of a registry and all about it: the process that made it, by `processMark`. */
export const OWNER_LABEL = 'io.bot-bottle.owner'

export const registryLabels = (home: string): Record<string, string> => ({
  [LABEL.role]: 'registry',
  [LABEL.home]: homeHash(home),
})
