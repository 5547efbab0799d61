'use client'

import { Keyboard } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { Signal } from '@/app/_lib/signal'
import { boundKeys } from '@/app/_lib/use-keys'
import { Dialog } from '../ui/dialog'
import { IconButton } from '../ui/icon-button'
import { Kbd } from '../ui/kbd'

const shown = new Signal(false)
export const openKeys = () => shown.set(true)

/** The keys that hold right now, gathered from whoever bound them. */
export function KeysDialog() {
  const open = useSyncExternalStore(shown.subscribe, shown.get, () => false)
  return (
    <Dialog
      title="Keys"
      description="They rest while you type. In a terminal only chords with Ctrl or Cmd and Shift are ours."
      open={open}
      onOpenChange={shown.set}
    >
      <dl className="-my-1 divide-y">
        {open &&
          boundKeys().map((binding) => (
            <div key={binding.keys} className="flex min-h-9 items-center justify-between gap-4 py-1 text-data">
              <dt>{binding.label}</dt>
              <dd className="shrink-0">
                <Kbd keys={binding.keys} />
              </dd>
            </div>
          ))}
      </dl>
    </Dialog>
  )
}

export function KeysButton() {
  return (
    <IconButton label="Keys" keys="?" onClick={openKeys}>
      <Keyboard />
    </IconButton>
  )
}
