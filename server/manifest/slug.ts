import { type BottleSlug, bottleSlug } from '../contract/ids.ts'

const MAX_LENGTH = 40

/** What a slug is made of. */
export interface SlugParts {
  agent: string
  label: string | null
  /** Five of `[a-z0-9]`, drawn once for each plan. */
  draw: string
  /** Slugs that cannot be used any more. */
  taken: ReadonlySet<string>
  /** The slug that this plan had when it was resolved before; kept as long as nobody else has taken it. */
  before?: BottleSlug
}

/**
 * Names a run: by its label if there is one, made unique by `-2`, `-3` …, else `<agent>-<draw>`.
 *
 * @returns the same slug for the same parts
 */
export function nameRun({ agent, label, draw, taken, before }: SlugParts): BottleSlug {
  if (before && !taken.has(before)) return before
  const labelled = label ? slugify(label, MAX_LENGTH) : ''
  const first = labelled || `${slugify(agent, MAX_LENGTH - draw.length - 1) || 'agent'}-${draw}`
  let slug = first
  for (let n = 2; taken.has(slug); n++) {
    const suffix = `-${n}`
    slug = `${first.slice(0, MAX_LENGTH - suffix.length).replace(/-+$/, '')}${suffix}`
  }
  return bottleSlug.parse(slug)
}

/** Lower-case ASCII words joined by single dashes; accents are dropped, what has no letter or digit becomes empty. */
export const slugify = (text: string, maxLength: number): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, maxLength)
    .replace(/-+$/, '')
