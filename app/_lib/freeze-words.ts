import type { BottleView } from '@/server/contract/views.ts'

type Frozen = Pick<BottleView, 'state' | 'frozen' | 'stateSince' | 'cannotFreeze'>

/** Its files are there, in a container or a machine. */
export const canBeFrozen = ({ state }: Pick<BottleView, 'state'>): boolean =>
  state === 'running' || state === 'idle' || state === 'needs-you' || state === 'exited'

/** An agent that ended left files which a resume would remove, and which can be kept. */
export const losesFiles = ({ state, frozen, stateSince, cannotFreeze }: Frozen): boolean =>
  state === 'exited' && cannotFreeze === null && (frozen === null || frozen.at < stateSince)
