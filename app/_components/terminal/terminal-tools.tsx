import { AArrowDown, AArrowUp, Search } from 'lucide-react'
import type { Ref } from 'react'
import { IconButton } from '@/app/_components/ui/icon-button'
import type { TerminalAction } from '@/app/_lib/terminal/chords'

/** What the chords do, for those who use a pointer. Out of sight until the pointer or the focus comes near. */
export function TerminalTools({
  ref,
  onAction,
}: {
  ref: Ref<HTMLDivElement>
  onAction: (action: TerminalAction) => void
}) {
  return (
    <div
      ref={ref}
      className="absolute top-2 right-5 flex gap-0.5 rounded-control border bg-raised p-0.5 opacity-0 shadow-float transition-opacity duration-120 focus-within:opacity-100 hover:opacity-100 pointer-coarse:opacity-100"
    >
      <IconButton size="sm" label="Search" keys="mod+shift+f" onClick={() => onAction('search')}>
        <Search />
      </IconButton>
      <IconButton size="sm" label="Smaller letters" keys="mod+shift+-" onClick={() => onAction('smaller')}>
        <AArrowDown />
      </IconButton>
      <IconButton size="sm" label="Larger letters" keys="mod+shift++" onClick={() => onAction('larger')}>
        <AArrowUp />
      </IconButton>
    </div>
  )
}
