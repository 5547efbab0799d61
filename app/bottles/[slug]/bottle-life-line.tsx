import { Sparkline } from '@/app/_components/overview/sparkline'
import { formatBytes, formatCpu } from '@/app/_lib/format'
import type { BottleView } from '@/server/contract/views'
import { BottleEgressLine } from './bottle-egress-line'

/** What is proved of its boundary, what goes through it and what the bottle uses; nothing while nobody has told. */
export function BottleLifeLine({ bottle }: { bottle: BottleView }) {
  return (
    <>
      <BottleEgressLine bottle={bottle} />
      <Life life={bottle.life} />
    </>
  )
}

function Life({ life }: Pick<BottleView, 'life'>) {
  if (!life) return null
  return (
    <>
      <span className="flex items-center gap-2 text-muted">
        <span className="text-dim">CPU</span>
        <Sparkline values={life.cpuHistory} max={100} />
        <span className="min-w-12">{formatCpu(life.cpu)}</span>
      </span>
      <span className="flex items-center gap-2 text-muted">
        <span className="text-dim">Memory</span>
        {formatBytes(life.memory)}
      </span>
    </>
  )
}
