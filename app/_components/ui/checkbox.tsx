'use client'

import { Checkbox as Base } from '@base-ui/react/checkbox'
import { Check, Minus } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cn } from '@/app/_lib/cn'

/** Wrap it in a `<label>`, or give it an `aria-label`. */
export function Checkbox({ className, ...props }: ComponentProps<typeof Base.Root>) {
  return (
    <Base.Root
      className={cn(
        'touch-target flex size-4 shrink-0 items-center justify-center rounded-small border border-line-strong bg-surface text-accent-ink transition-colors hover:border-dim',
        'data-checked:border-accent data-checked:bg-accent data-indeterminate:border-accent data-indeterminate:bg-accent data-disabled:opacity-50',
        className as string,
      )}
      {...props}
    >
      <Base.Indicator>
        {props.indeterminate ? (
          <Minus className="size-3" strokeWidth={3} />
        ) : (
          <Check className="size-3" strokeWidth={3} />
        )}
      </Base.Indicator>
    </Base.Root>
  )
}
