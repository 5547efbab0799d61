import { LABEL } from '../engine/names.ts'

/** Labels of an image that we built. Images belong to no single home: every home may use them. */
export const IMAGE_LABEL = {
  /** What it is for; a newer image of the same kind replaces it: `base debian`, `base`, `agent docker/agents/shell`. */
  kind: 'io.bot-bottle.image',
  /** Digest of everything that went in; an image that has it is not built again. */
  inputs: 'io.bot-bottle.inputs',
} as const

/** The engine's filter for images of ours. */
export const OUR_IMAGES = `${LABEL.role}=image`

export const imageLabels = (kind: string, inputs: string): Record<string, string> => ({
  [LABEL.role]: 'image',
  [IMAGE_LABEL.kind]: kind,
  [IMAGE_LABEL.inputs]: inputs,
})
