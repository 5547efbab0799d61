'use client'

import { Popover } from '@base-ui/react/popover'
import { Check, Minus, ShieldAlert } from 'lucide-react'
import { cn } from '@/app/_lib/cn'
import { formatDuration } from '@/app/_lib/format'
import { CHECK_MEANING, checksInOrder } from '@/app/_lib/network/boundary'
import { visibleText } from '@/app/_lib/visible-text'
import type { ProbeCheck } from '@/server/contract/probe'

const icons = { green: Check, red: ShieldAlert, none: Minus } as const
const words = { green: 'holds', red: 'does not hold', none: 'nothing to check' } as const
const tones = {
  green: 'text-muted [&>svg]:text-working',
  red: 'mr-1 px-2 bg-failed-soft font-medium text-failed ring-1 ring-failed/45 ring-inset',
  none: 'text-dim',
} as const

/** One chip for each check, red ones first; what was seen is behind each. On a phone they scroll sideways. */
export function BoundaryChecks({ checks, className }: { checks: readonly ProbeCheck[]; className?: string }) {
  return (
    <ul
      aria-label="Checks of the boundary"
      className={cn(
        'relative flex flex-wrap gap-y-1 max-sm:flex-nowrap max-sm:overflow-x-auto max-sm:[scrollbar-width:none]',
        className,
      )}
    >
      {checksInOrder(checks).map((check) => (
        <li key={check.name} className="shrink-0">
          <CheckChip check={check} />
        </li>
      ))}
    </ul>
  )
}

function CheckChip({ check }: { check: ProbeCheck }) {
  const { name, result, detail, durationMs } = check
  const Icon = icons[result]
  return (
    <Popover.Root>
      <Popover.Trigger
        openOnHover
        delay={250}
        data-check={name}
        data-result={result}
        className={cn(
          'flex h-6 items-center gap-1 whitespace-nowrap rounded-full px-1.5 text-caption transition-colors hover:bg-hover data-popup-open:bg-hover pointer-coarse:h-11',
          tones[result],
        )}
      >
        <Icon aria-hidden className="size-3 shrink-0" strokeWidth={2.25} />
        {name}
        <span className="sr-only">: {words[result]}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} className="z-50">
          <Popover.Popup className="w-80 max-w-[calc(100vw-32px)] rounded-card border bg-raised px-3.5 py-2.5 text-data shadow-float outline-none transition-opacity duration-120 data-ending-style:opacity-0 data-starting-style:opacity-0">
            <Popover.Title className="flex items-baseline gap-2 font-medium">
              {name}
              <span className={cn('font-normal text-caption', result === 'red' ? 'text-failed' : 'text-dim')}>
                {words[result]}
                {result !== 'none' && ` · ${formatDuration(durationMs)}`}
              </span>
            </Popover.Title>
            <Popover.Description className="mt-0.5 text-muted">{CHECK_MEANING[name]}</Popover.Description>
            {detail && (
              <p className="machine mt-2 max-h-40 overflow-auto text-caption [overflow-wrap:anywhere]">
                {visibleText(detail, 2000)}
              </p>
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}
