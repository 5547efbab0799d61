'use client'

import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { bottleName } from '@/app/_lib/bottle-list'
import { losesFiles } from '@/app/_lib/freeze-words'
import { FINAL_STATES } from '@/server/contract/events.ts'
import type { BottleView } from '@/server/contract/views.ts'
import { AlertDialog } from './ui/alert-dialog'
import { useBottleFreeze } from './use-bottle-freeze'

/** Leads to the plan by which a bottle runs once more. What would be lost by it is frozen first, after asking. */
export function useBottleResume(bottle: BottleView): { offered: boolean; go: () => void; dialog: ReactNode } {
  const router = useRouter()
  const [asking, setAsking] = useState(false)
  const { freeze } = useBottleFreeze(bottle)
  const review = () => router.push(`/bottles/${bottle.slug}/resume`)
  const name = bottleName(bottle)
  return {
    offered: FINAL_STATES.includes(bottle.state),
    go: () => (losesFiles(bottle) ? setAsking(true) : review()),
    dialog: (
      <AlertDialog
        open={asking}
        onOpenChange={setAsking}
        tone="primary"
        title={`Freeze ${name} and resume it?`}
        consequence="Its agent has ended, and what it made is still there. It is kept first, so that the bottle goes on from it; then you see the plan, and confirm it."
        confirm="Freeze and review"
        onConfirm={async () => {
          await freeze()
          review()
        }}
      />
    ),
  }
}
