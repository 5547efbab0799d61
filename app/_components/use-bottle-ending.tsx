'use client'

import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { bottleName } from '@/app/_lib/bottle-list'
import { useTRPC } from '@/app/_lib/trpc'
import type { BottleView } from '@/server/contract/views.ts'
import { AlertDialog } from './ui/alert-dialog'
import { toast } from './ui/toast'

export interface BottleEnding {
  act: 'cancel' | 'stop' | 'remove'
  /** `Stop` */
  verb: string
  /** `Stop web-shop-fix` */
  confirm: string
  title: string
  consequence: string
}

/** What ends this bottle, by its state: a launch is cancelled, a running one stopped, an ended one removed. */
export function endingOf(bottle: BottleView): BottleEnding | null {
  const name = bottleName(bottle)
  switch (bottle.state) {
    case 'launching':
      return {
        act: 'cancel',
        verb: 'Cancel the launch',
        confirm: `Cancel ${name}`,
        title: `Cancel the launch of ${name}?`,
        consequence: 'What the launch has made so far is removed. Nothing of it has run yet.',
      }
    case 'running':
    case 'idle':
    case 'needs-you':
      return {
        act: 'stop',
        verb: 'Stop',
        confirm: `Stop ${name}`,
        title: `Stop ${name}?`,
        consequence: `The agent ends, and its container, networks and the files it made inside are removed. Its log stays. ${kept(bottle)}`,
      }
    case 'stopping':
      return null
    default:
      return {
        act: 'remove',
        verb: 'Remove',
        confirm: `Remove ${name}`,
        title: `Remove ${name}?`,
        consequence:
          'Its log, its recording, its links and what was frozen of it are deleted, along with anything that it left behind.',
      }
  }
}

/** What of the files is there all the same. */
const kept = ({ frozen }: BottleView): string =>
  frozen
    ? 'It can be resumed from what was frozen; what it made after that is lost.'
    : 'Freeze it first, if its files should last.'

/**
 * Ends a bottle after asking. Put `dialog` somewhere and call `ask`.
 *
 * @param onRemoved where to go when the bottle is no more
 */
export function useBottleEnding(
  bottle: BottleView,
  onRemoved?: () => void,
): { ending: BottleEnding | null; ask: () => void; dialog: ReactNode } {
  const trpc = useTRPC()
  const [asking, setAsking] = useState(false)
  const cancel = useMutation(trpc.bottles.cancel.mutationOptions())
  const stop = useMutation(trpc.bottles.stop.mutationOptions())
  const remove = useMutation(trpc.bottles.remove.mutationOptions())
  const ending = endingOf(bottle)
  const { slug } = bottle

  const end = async () => {
    if (ending?.act === 'cancel') await cancel.mutateAsync({ slug })
    if (ending?.act === 'remove') {
      await remove.mutateAsync({ slug })
      onRemoved?.()
    }
    if (ending?.act === 'stop') {
      const { leftBehind } = await stop.mutateAsync({ slug })
      if (leftBehind.length > 0) {
        toast.error(`${bottleName(bottle)} stopped, but something is left`, { description: leftBehind.join(', ') })
      }
    }
  }
  return {
    ending,
    ask: () => setAsking(true),
    dialog: ending && (
      <AlertDialog
        open={asking}
        onOpenChange={setAsking}
        title={ending.title}
        consequence={ending.consequence}
        confirm={ending.confirm}
        cancel="Keep it"
        onConfirm={end}
      />
    ),
  }
}
