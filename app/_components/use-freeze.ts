'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { bottleName } from '@/app/_lib/bottle-list'
import { isBoundaryRed } from '@/app/_lib/bottle-status'
import { messageOf } from '@/app/_lib/error-text'
import { count, formatDuration } from '@/app/_lib/format'
import { Signal } from '@/app/_lib/signal'
import { useTRPC, useTRPCClient } from '@/app/_lib/trpc'
import type { FreezeResult } from '@/server/contract/network'
import type { BottleView } from '@/server/contract/views'
import { toast } from './ui/toast'

export interface Freeze {
  /** Closes or opens egress of one bottle, or of all that run or come (null). */
  set: (bottle: BottleView | null, frozen: boolean) => Promise<void>
  /** The same for a key or a button: what is not safe to open is asked about first. */
  ask: (bottle: BottleView | null, frozen: boolean) => void
  busy: boolean
}

/** Whose egress is about to be opened; OpenEgressDialog asks. */
export const opening = new Signal<BottleView | 'all' | null>(null)

/** Closing asks nothing: it is the safe act. What came of it is told with its time. */
export function useFreeze(): Freeze {
  const client = useTRPCClient()
  const queries = useQueryClient()
  const trpc = useTRPC()
  const [busy, setBusy] = useState(false)
  const set = useCallback(
    async (bottle: BottleView | null, frozen: boolean) => {
      setBusy(true)
      try {
        tell(await client.routes.freeze.mutate({ slug: bottle?.slug ?? null, frozen }), bottle, frozen)
      } catch (error) {
        toast.error(frozen ? 'Egress could not be closed' : 'Egress could not be opened', {
          description: messageOf(error),
        })
      } finally {
        setBusy(false)
        // Opening the last closed bottle lifts it for those that come.
        void queries.invalidateQueries({ queryKey: trpc.routes.allFrozen.queryKey() })
      }
    },
    [client, queries, trpc],
  )
  const ask = useCallback(
    (bottle: BottleView | null, frozen: boolean) => {
      if (frozen || (bottle && !isBoundaryRed(bottle))) void set(bottle, frozen)
      else opening.set(bottle ?? 'all')
    },
    [set],
  )
  return { set, ask, busy }
}

function tell(results: readonly FreezeResult[], bottle: BottleView | null, frozen: boolean): void {
  if (results.length === 0) {
    toast(frozen ? 'Bottles start with egress closed from now on' : 'Bottles start with egress open again', {
      description: frozen ? 'Nothing leaves them until you open egress.' : 'They reach what their routes allow.',
    })
    return
  }
  const failed = results.filter(({ problem }) => problem !== null)
  const whose = bottle ? bottleName(bottle) : count(results.length - failed.length, 'bottle')
  const slowest = Math.max(...results.map(({ tookMs }) => tookMs ?? Number.POSITIVE_INFINITY))
  const took = Number.isFinite(slowest)
    ? ` In effect after ${formatDuration(slowest)}.`
    : ' The bundle has not confirmed it yet.'
  if (failed.length > 0) {
    toast.error(`Egress of ${failed.map(({ slug }) => slug).join(', ')} could not be ${frozen ? 'closed' : 'opened'}`, {
      description: failed[0]!.problem,
      duration: 20_000,
    })
  }
  if (failed.length === results.length) return
  toast(frozen ? `Egress of ${whose} is closed` : `Egress of ${whose} is open`, {
    description: frozen
      ? `Every request is refused and open connections were cut.${took}`
      : `What the routes allow goes out again.${took}`,
  })
}

/** Bottles that have a way out now, and those of them whose way out the operator closed. */
export function freezable(bottles: readonly BottleView[]): { open: BottleView[]; frozen: BottleView[] } {
  const live = bottles.filter(({ egress }) => egress !== null)
  return {
    open: live.filter(({ egress }) => !egress?.frozen),
    frozen: live.filter(({ egress }) => egress?.frozen),
  }
}
