'use client'

import { useSyncExternalStore } from 'react'
import { cn } from '@/app/_lib/cn'
import { keyCaps } from '@/app/_lib/keys'

const never = () => () => {}
const onMac = () => /mac|iphone|ipad/i.test(navigator.platform)

/** `mod+k` as ⌘ K on a Mac and Ctrl K elsewhere. */
export function Kbd({ keys, bare }: { keys: string /** Without a cap, inside a filled button. */; bare?: boolean }) {
  const mac = useSyncExternalStore(never, onMac, () => false)
  return (
    <kbd className="inline-flex gap-0.5 font-sans">
      {keyCaps(keys, mac).map((cap) => (
        <span
          key={cap}
          className={cn(
            'inline-flex items-center justify-center text-[11px] leading-none',
            !bare && 'h-[18px] min-w-[18px] rounded-small border border-line bg-sunken px-1 text-muted',
          )}
        >
          {cap}
        </span>
      ))}
    </kbd>
  )
}
