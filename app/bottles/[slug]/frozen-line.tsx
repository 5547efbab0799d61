import { RelativeTime } from '@/app/_components/ui/relative-time'
import { formatBytes } from '@/app/_lib/format'
import type { BottleView } from '@/server/contract/views'

/** From when on a resume would go on, and what that takes on the disk. */
export function FrozenLine({ bottle: { frozen, freezing } }: { bottle: Pick<BottleView, 'frozen' | 'freezing'> }) {
  if (freezing) return <span className="text-muted">Being frozen</span>
  if (!frozen) return null
  return (
    <span className="text-muted">
      <span className="text-dim">Frozen</span> <RelativeTime at={frozen.at} suffix="ago" />, {formatBytes(frozen.bytes)}
    </span>
  )
}
