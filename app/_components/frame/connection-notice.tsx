'use client'

import { TriangleAlert, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useConnection, useEngine } from '@/app/_lib/use-tab-stream'
import { IconButton } from '../ui/icon-button'

/** A blip is nobody's business. */
const PATIENCE_MS = 1500

/** Floats over the page only while what it shows may be old or nothing can be launched; nothing moves for it. */
export function ConnectionNotice() {
  const lost = useConnection() === 'lost'
  const problem = useEngine()?.problem ?? null
  const [long, setLong] = useState(false)
  const [dismissed, setDismissed] = useState<string | null>(null)
  useEffect(() => {
    if (!lost) return setLong(false)
    const timer = setTimeout(() => setLong(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [lost])

  const text = long
    ? 'The server does not answer, so this is what was last known. Bottles keep running; it reconnects by itself.'
    : lost
      ? null
      : problem
  if (!text || text === dismissed) return null
  return (
    <div
      role="status"
      className="fixed bottom-[calc(var(--bar)+76px)] left-1/2 z-40 flex w-max max-w-[min(640px,calc(100vw-32px))] -translate-x-1/2 items-start gap-2.5 rounded-card border border-needs/40 bg-raised py-2 pr-2 pl-3.5 text-data shadow-float"
    >
      <TriangleAlert aria-hidden strokeWidth={1.75} className="mt-1.5 size-4 shrink-0 text-needs" />
      <p className="min-w-0 py-1 [overflow-wrap:anywhere]">{text}</p>
      <IconButton label="Dismiss" tip={false} size="sm" onClick={() => setDismissed(text)}>
        <X />
      </IconButton>
    </div>
  )
}
