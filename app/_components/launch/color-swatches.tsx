'use client'

import { useId } from 'react'
import { cn } from '@/app/_lib/cn'
import { BOTTLE_COLORS, type BottleColor } from '@/server/contract/plan.ts'

/** The strip at the left of the bottle's row; none is a choice too. */
export function ColorSwatches({
  value,
  onChange,
}: {
  value: BottleColor | null
  onChange: (color: BottleColor | null) => void
}) {
  const name = useId()
  return (
    <fieldset aria-label="Colour" className="flex items-center gap-1">
      {[null, ...BOTTLE_COLORS].map((color) => (
        <label
          key={color ?? 'none'}
          title={color ?? 'No colour'}
          className={cn(
            'touch-target flex size-6 cursor-pointer items-center justify-center rounded-full border-2 border-transparent has-focus-visible:outline-2 has-focus-visible:outline-accent',
            value === color && 'border-ink',
          )}
        >
          <input
            type="radio"
            name={name}
            checked={value === color}
            onChange={() => onChange(color)}
            className="sr-only"
            aria-label={color ?? 'No colour'}
          />
          <span
            className={cn(
              'size-4 rounded-full',
              !color &&
                'border border-line-strong bg-linear-to-br from-48% from-transparent via-48% via-failed to-52% to-transparent',
            )}
            style={color ? { background: `var(--label-${color})` } : undefined}
          />
        </label>
      ))}
    </fieldset>
  )
}
