import { createElement } from 'react'
import type { BottleStatus, StatusTone } from '@/app/_lib/bottle-status'
import { cn } from '@/app/_lib/cn'
import { type StatusElement, statusGeometry } from '@/app/_lib/status-geometry'

export const toneText: Readonly<Record<StatusTone, string>> = {
  working: 'text-working',
  needs: 'text-needs',
  launching: 'text-launching',
  failed: 'text-failed',
  idle: 'text-idle',
}

const round = { strokeLinecap: 'round', strokeLinejoin: 'round' } as const
const paints: Readonly<Record<StatusElement['paint'], object>> = {
  fill: { fill: 'currentColor' },
  stroke: { fill: 'none', stroke: 'currentColor', ...round },
  track: { fill: 'none', stroke: 'currentColor', strokeOpacity: 0.25 },
  'cut-fill': { fill: 'var(--surface)' },
  'cut-stroke': { fill: 'none', stroke: 'var(--surface)', ...round },
}
const camel = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** The sign of a state. Always beside its word; the sign itself is hidden from assistive technology. */
export function StatusShape({
  status,
  size = 16,
  className,
}: {
  status: Pick<BottleStatus, 'shape' | 'tone' | 'progress'>
  size?: number
  className?: string
}) {
  const tone = status.shape === 'diamond' ? 'text-needs-fill' : toneText[status.tone]
  return (
    <span
      aria-hidden
      className={cn('relative inline-flex shrink-0', tone, className)}
      style={{ width: size, height: size }}
    >
      {status.shape === 'dot' && (
        <span className="absolute inset-0 animate-pulse-slow rounded-full bg-current motion-reduce:hidden" />
      )}
      <svg viewBox="0 0 16 16" width={size} height={size} className="relative" role="presentation">
        {statusGeometry(status.shape, status.progress).map(({ tag, attributes, paint }) =>
          createElement(tag, {
            key: JSON.stringify(attributes),
            ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [camel(name), value])),
            ...paints[paint],
          }),
        )}
      </svg>
    </span>
  )
}
