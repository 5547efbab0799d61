'use client'

import { type ReactNode, useEffect, useState } from 'react'
import { ShareDialog } from '@/app/_components/share/share-dialog'
import { bottleName } from '@/app/_lib/bottle-list'
import { parseLineHash } from '@/app/_lib/log/line-range'
import { useAddressState } from '@/app/_lib/use-address-state'
import type { BottleView } from '@/server/contract/views'

/** The dialog behind “Share”. `?share=log` in the address opens it, so that the overview can lead there. */
export function useShareDialog(bottle: BottleView): { open: () => void; dialog: ReactNode } {
  const [asked, setAsked] = useAddressState<string>('share', '')
  const [isOpen, setOpen] = useState(false)
  const [range, setRange] = useState(() => parseLineHash(''))
  const open = () => {
    setRange(parseLineHash(location.hash))
    setOpen(true)
  }
  useEffect(() => {
    if (!asked) return
    setOpen(true)
    setAsked('')
  }, [asked, setAsked])
  return {
    open,
    dialog: (
      <ShareDialog
        slug={bottle.slug}
        name={bottleName(bottle)}
        open={isOpen}
        onOpenChange={setOpen}
        {...(range && { range })}
      />
    ),
  }
}
