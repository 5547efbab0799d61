'use client'

import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { bottleName } from '@/app/_lib/bottle-list'
import { formatBytes } from '@/app/_lib/format'
import { canBeFrozen } from '@/app/_lib/freeze-words'
import { useTRPC } from '@/app/_lib/trpc'
import type { BottleView } from '@/server/contract/views.ts'
import { AlertDialog } from './ui/alert-dialog'
import { RelativeTime } from './ui/relative-time'
import { toast } from './ui/toast'

/**
 * Keeps the files of a bottle, after asking. (Closing its egress is another act: `useFreeze`.) Put `dialog` somewhere and
 * call `ask`.
 *
 * @returns `offered` while it has files; `reason` why it cannot be done all the same
 */
export function useBottleFreeze(bottle: BottleView): {
  offered: boolean
  reason: string | null
  busy: boolean
  ask: () => void
  freeze: () => Promise<void>
  dialog: ReactNode
} {
  const trpc = useTRPC()
  const [asking, setAsking] = useState(false)
  const mutation = useMutation(trpc.bottles.freeze.mutationOptions())
  const name = bottleName(bottle)
  const freeze = async () => {
    const { bytes } = await mutation.mutateAsync({ slug: bottle.slug })
    toast(`${name} is frozen`, { description: `${formatBytes(bytes)} are kept. Once it is over, it can be resumed.` })
  }
  return {
    offered: canBeFrozen(bottle),
    reason: bottle.cannotFreeze,
    busy: bottle.freezing || mutation.isPending,
    ask: () => setAsking(true),
    freeze,
    dialog: (
      <AlertDialog
        open={asking}
        onOpenChange={setAsking}
        tone="primary"
        title={`Freeze ${name}?`}
        consequence={<Consequence bottle={bottle} />}
        confirm={`Freeze ${name}`}
        onConfirm={freeze}
      />
    ),
  }
}

function Consequence({ bottle }: { bottle: BottleView }) {
  const ended = bottle.state === 'exited'
  const meanwhile = ended
    ? ''
    : bottle.backend === 'smolmachines'
      ? ' The agent ends: its micro-VM is stopped for it.'
      : ' The agent stands still for some seconds and goes on; what it does after that is not kept.'
  return (
    <>
      What the agent made is kept: its home, its workspace and what it installed. The bottle can be resumed from there.
      {meanwhile} Secrets and tokens are not kept; a resume asks for them again.
      {bottle.frozen && (
        <span className="mt-1.5 block">
          This takes the place of what was frozen <RelativeTime at={bottle.frozen.at} suffix="ago" />.
        </span>
      )}
    </>
  )
}
