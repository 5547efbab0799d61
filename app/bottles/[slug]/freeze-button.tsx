'use client'

import { Snowflake } from 'lucide-react'
import { Button } from '@/app/_components/ui/button'
import { Tooltip } from '@/app/_components/ui/tooltip'
import { useBottleFreeze } from '@/app/_components/use-bottle-freeze'
import { bottleName } from '@/app/_lib/bottle-list'
import type { BottleView } from '@/server/contract/views'

/** Keeps what the agent made. Where it cannot be done the button stays, and says why. On a phone it is in the menu. */
export function FreezeButton({ bottle }: { bottle: BottleView }) {
  const { offered, reason, busy, ask, dialog } = useBottleFreeze(bottle)
  if (!offered) return null
  return (
    <>
      <Tooltip text={reason ?? 'Keeps the agent’s files, to resume the bottle from them'}>
        {/* Not `disabled`: then nobody could point at it for the reason. */}
        <Button
          busy={busy}
          aria-disabled={reason !== null || undefined}
          onClick={() => reason === null && ask()}
          aria-label={`Freeze ${bottleName(bottle)}`}
          className={reason === null ? 'max-sm:hidden' : 'cursor-default opacity-50 max-sm:hidden'}
        >
          <Snowflake /> {busy ? 'Freezing' : 'Freeze'}
        </Button>
      </Tooltip>
      {dialog}
    </>
  )
}
