'use client'

import { useRouter } from 'next/navigation'
import { useKeys } from '@/app/_lib/use-keys'
import { FREEZE_ALL_KEYS, OpenEgressDialog, useFreezeAll } from './freeze-all'
import { KeysDialog, openKeys } from './keys-dialog'
import { openPalette, Palette } from './palette'

/** The keys that hold on every page, and what they open. */
export function FrameKeys({ onToggleRail }: { onToggleRail: () => void }) {
  const router = useRouter()
  const freezeAll = useFreezeAll()
  useKeys([
    { keys: 'mod+k', label: 'Find a bottle or a command', run: openPalette },
    { keys: 'mod+shift+k', label: 'The same, from inside a terminal', run: openPalette },
    { keys: FREEZE_ALL_KEYS, label: 'Close egress of all bottles, or open it', run: freezeAll.run },
    { keys: 'n', label: 'Launch an agent', run: () => router.push('/launch') },
    { keys: 'b', label: 'All bottles', run: () => router.push('/') },
    { keys: '[', label: 'Fold or unfold the rail', run: onToggleRail },
    { keys: '?', label: 'These keys', run: openKeys },
  ])
  return (
    <>
      <Palette onToggleRail={onToggleRail} />
      <KeysDialog />
      <OpenEgressDialog />
    </>
  )
}
