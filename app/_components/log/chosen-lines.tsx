'use client'

import { Link2, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { copyText } from '@/app/_lib/copy-text'
import { type LineRange, rangeText } from '@/app/_lib/log/line-range'
import { Button } from '../ui/button'
import { IconButton } from '../ui/icon-button'
import { toast } from '../ui/toast'
import type { LineSelection } from './use-line-range'

/** What can be done with the lines that are chosen; floats, so that choosing moves nothing. */
export function ChosenLines({
  lines,
  range,
  actions,
}: {
  lines: LineSelection
  range: LineRange
  actions: ((range: LineRange) => ReactNode) | undefined
}) {
  return (
    <section
      aria-label="Chosen lines"
      className="pointer-events-auto flex max-w-full items-center gap-1 rounded-card border bg-raised p-1 pl-3 text-data shadow-float"
    >
      <span className="min-w-0 truncate">{rangeText(range)}</span>
      <Button
        variant="ghost"
        size="sm"
        onClick={async () => {
          const done = await copyText(location.href)
          if (done) toast(`Link to ${rangeText(range).toLowerCase()} copied`)
          else toast.error('The browser did not allow copying. The address bar has the link.')
        }}
      >
        <Link2 /> Copy link
      </Button>
      {actions?.(range)}
      <IconButton size="sm" label="Choose no lines" tip={false} onClick={lines.clear}>
        <X />
      </IconButton>
    </section>
  )
}
