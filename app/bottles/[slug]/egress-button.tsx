'use client'

import { Unplug } from 'lucide-react'
import { Button } from '@/app/_components/ui/button'
import { Tooltip } from '@/app/_components/ui/tooltip'
import { useFreeze } from '@/app/_components/use-freeze'
import { bottleName } from '@/app/_lib/bottle-list'
import { isBoundaryRed, isFrozen } from '@/app/_lib/bottle-status'
import { cn } from '@/app/_lib/cn'
import { useKeys } from '@/app/_lib/use-keys'
import type { BottleView } from '@/server/contract/views'

const KEYS = 'mod+shift+e'

/** Closes all egress of the bottle at once, and opens it again. */
export function EgressButton({ bottle }: { bottle: BottleView }) {
  const { ask, busy } = useFreeze()
  const { egress } = bottle
  const closed = egress?.frozen ?? false
  const toggle = () => {
    if (egress && !busy) ask(bottle, !closed)
  }
  useKeys([{ keys: KEYS, label: 'Close egress of this bottle, or open it', run: toggle, hidden: !egress }])
  if (!egress) return null
  return (
    <Tooltip
      text={closed ? 'Lets out again what the routes allow' : 'Refuses every request and cuts what is open'}
      keys={KEYS}
    >
      <Button
        busy={busy}
        onClick={toggle}
        aria-label={`${closed ? 'Open' : 'Close'} egress of ${bottleName(bottle)}`}
        className={cn(
          'max-sm:px-2.5',
          isFrozen(bottle) && 'border-ink bg-ink text-canvas enabled:hover:bg-ink enabled:hover:opacity-90',
        )}
      >
        <Unplug />
        <span className="max-sm:sr-only">
          {!closed ? 'Close egress' : isBoundaryRed(bottle) ? 'Open egress…' : 'Open egress'}
        </span>
      </Button>
    </Tooltip>
  )
}
