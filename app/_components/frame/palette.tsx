'use client'

import { Dialog as Base } from '@base-ui/react/dialog'
import { type ComponentType, useEffect, useState, useSyncExternalStore } from 'react'
import { loadAgain } from '@/app/_lib/load-again'
import { Signal } from '@/app/_lib/signal'
import { backdropStyle } from '../ui/dialog'
import type { PaletteCommands } from './palette-commands'

const shown = new Signal(false)
export const openPalette = () => shown.set(true)
const close = () => shown.set(false)

/** Ctrl/Cmd+K. What is in it loads when the page has come to rest, or at once when it is wanted sooner. */
export function Palette({ onToggleRail }: { onToggleRail: () => void }) {
  const open = useSyncExternalStore(shown.subscribe, shown.get, () => false)
  const [Commands, setCommands] = useState<ComponentType<Parameters<typeof PaletteCommands>[0]> | null>(null)
  useEffect(() => {
    if (Commands) return
    const load = () => {
      const loading = loadAgain(() => import('./palette-commands'))
      void loading.then(({ PaletteCommands }) => setCommands(() => PaletteCommands)).catch(() => {})
    }
    const timer = setTimeout(load, open ? 0 : AT_REST_MS)
    return () => clearTimeout(timer)
  }, [open, Commands])
  return (
    <Base.Root open={open} onOpenChange={(next) => shown.set(next)}>
      <Base.Portal>
        <Base.Backdrop className={backdropStyle} />
        <Base.Popup
          aria-label="Find a bottle or a command"
          className="-translate-x-1/2 fixed top-[12dvh] left-1/2 z-50 w-[calc(100vw-32px)] max-w-[560px] overflow-hidden rounded-card border bg-raised shadow-float outline-none transition-[opacity,scale] duration-120 data-ending-style:scale-98 data-starting-style:scale-98 data-ending-style:opacity-0 data-starting-style:opacity-0"
        >
          {Commands ? <Commands onToggleRail={onToggleRail} onClose={close} /> : <div className="h-12" />}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

/** By then a page is drawn and its own data is there, ms. */
const AT_REST_MS = 1500
