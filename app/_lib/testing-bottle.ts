import type { BottleSlug, ManifestName } from '@/server/contract/ids.ts'
import type { BottleView } from '@/server/contract/views.ts'

/** A running bottle for tests, with the parts that matter to one of them. */
export const aBottle = (part: Partial<Omit<BottleView, 'slug'>> & { slug: string }): BottleView => ({
  agent: 'fixer' as ManifestName,
  provider: 'claude',
  backend: 'docker',
  runtime: 'runc',
  label: null,
  color: null,
  state: 'running',
  evidence: '',
  exitCode: null,
  createdAt: 0,
  startedAt: 0,
  endedAt: null,
  stateSince: 0,
  launch: null,
  life: null,
  egress: null,
  lastLine: null,
  leftBehind: [],
  frozen: null,
  freezing: false,
  cannotFreeze: null,
  ...part,
  slug: part.slug as BottleSlug,
})
