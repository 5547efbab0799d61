import type { BackendName } from '@/server/contract/ids.ts'
import type { IsolationView } from '@/server/contract/views.ts'
import { formatDuration } from './format'

interface Choice {
  value: BackendName
  label: string
  /** What it is worth and what it costs, in a line. */
  note: string
}

/** One way to isolate, as the operator chooses it. One that is missing can be chosen: the plan then says what to do. */
export function isolationChoice({ backend, name, startMs }: IsolationView): Choice {
  const start = startMs === null ? null : `Starts in about ${formatDuration(startMs)} here.`
  if (backend === 'docker')
    return { value: backend, label: 'Docker container', note: sentences('Shares this machine’s kernel.', start) }
  const here =
    name === null
      ? 'Needs smolvm, which is not installed here.'
      : (start ?? 'The first launch copies the image for it.')
  return { value: backend, label: 'Micro-VM', note: sentences('A kernel of its own.', here) }
}

const sentences = (...parts: readonly (string | null)[]): string => parts.filter(Boolean).join(' ')
