'use client'

import { useQuery } from '@tanstack/react-query'
import { Unplug } from 'lucide-react'
import { type ReactNode, useState, useSyncExternalStore } from 'react'
import { freezable, opening, useFreeze } from '@/app/_components/use-freeze'
import { bottleName } from '@/app/_lib/bottle-list'
import { isBoundaryRed } from '@/app/_lib/bottle-status'
import { cn } from '@/app/_lib/cn'
import { count } from '@/app/_lib/format'
import { useTRPC } from '@/app/_lib/trpc'
import { useBottles } from '@/app/_lib/use-tab-stream'
import type { BottleView } from '@/server/contract/views'
import { AlertDialog } from '../ui/alert-dialog'
import { Tooltip } from '../ui/tooltip'

export const FREEZE_ALL_KEYS = 'mod+shift+x'

export interface FreezeAll {
  /** Closes egress of every bottle at once, and of those that come; where all are closed, asks whether to open them. */
  run: () => void
  /** `Close egress of all bottles` */
  label: string
  frozen: number
  open: number
  /** It holds for bottles that are launched from now on. */
  standing: boolean
}

export function useFreezeAll(): FreezeAll {
  const { open, frozen } = freezable(useBottles() ?? [])
  const { ask } = useFreeze()
  // Another tab may have switched it: no stream tells.
  const standing = useQuery(useTRPC().routes.allFrozen.queryOptions(undefined, { refetchOnWindowFocus: 'always' })).data
  const isClosed = open.length === 0 && (frozen.length > 0 || standing === true)
  const whose = open.length + frozen.length === 0 ? 'bottles to come' : 'all bottles'
  return {
    run: () => ask(null, !isClosed),
    label: isClosed ? `Open egress of ${whose}…` : `Close egress of ${whose}`,
    frozen: frozen.length,
    open: open.length,
    standing: standing === true,
  }
}

/** Once in the frame, whoever began it: asks before the egress of all is opened, or one that a failed probe closed. */
export function OpenEgressDialog() {
  const asked = useSyncExternalStore(opening.subscribe, opening.get, () => null)
  // Kept while it closes, so that its words do not change before the eye.
  const [target, setTarget] = useState<BottleView | 'all'>('all')
  if (asked && asked !== target) setTarget(asked)
  const { frozen } = freezable(useBottles() ?? [])
  const { set } = useFreeze()
  const all = target === 'all'
  const none = all && frozen.length === 0
  const whose = !all
    ? bottleName(target)
    : none
      ? 'bottles to come'
      : frozen.length === 1
        ? bottleName(frozen[0]!)
        : count(frozen.length, 'bottle')
  const red = all ? frozen.filter(isBoundaryRed) : [target]
  return (
    <AlertDialog
      open={asked !== null}
      onOpenChange={(open) => !open && opening.set(null)}
      title={`Open egress of ${whose}?`}
      consequence={
        <>
          {none
            ? 'Whatever is launched from now on reaches what its routes allow.'
            : `${all && frozen.length > 1 ? 'Their agents reach' : 'The agent reaches'} again what the routes allow. What was refused meanwhile is not repeated.`}
          {red.length > 0 && (
            <span className="mt-1.5 block text-failed">
              The boundary of {red.map(bottleName).join(', ')} did not hold when it was last proved. It is proved again
              at once, and closed again if it does not.
            </span>
          )}
        </>
      }
      confirm={`Open egress of ${whose}`}
      cancel="Keep it closed"
      onConfirm={() => set(all ? null : target, false)}
    />
  )
}

/** In the rail: the one switch that closes every way out, also before there is one. */
export function FreezeAllButton() {
  const all = useFreezeAll()
  const isFrozen = all.frozen > 0 || all.standing
  const words = !isFrozen
    ? 'Close all egress'
    : all.frozen === 0
      ? 'Launches start closed'
      : all.open === 0
        ? `All closed · ${all.frozen}`
        : `Closed · ${all.frozen} of ${all.frozen + all.open}`
  return (
    <Tooltip text={all.label} keys={FREEZE_ALL_KEYS} side="right">
      <button
        type="button"
        onClick={all.run}
        aria-label={isFrozen ? `${words}. ${all.label}` : all.label}
        className={cn(
          'flex h-9 items-center gap-2.5 rounded-control px-3 font-medium text-data transition-colors',
          isFrozen ? 'bg-ink text-canvas hover:opacity-90' : 'text-muted hover:bg-hover hover:text-ink',
        )}
      >
        <Unplug aria-hidden strokeWidth={1.75} className="size-4 shrink-0" />
        <span className="min-w-0 truncate max-lg:hidden group-data-narrow/rail:hidden">{words}</span>
      </button>
    </Tooltip>
  )
}

/** A bottle whose way out the operator closed: said wherever the bottle is named. */
export function FrozenChip({ className, children = 'Closed by you' }: { className?: string; children?: ReactNode }) {
  return (
    <span
      className={cn(
        'inline-flex h-5 shrink-0 items-center gap-1 rounded-full bg-ink px-2 font-medium text-canvas text-caption leading-none',
        className,
      )}
    >
      <Unplug aria-hidden strokeWidth={2} className="size-3" />
      {children}
    </span>
  )
}
