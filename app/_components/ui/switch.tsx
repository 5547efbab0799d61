'use client'

import { Switch as Base } from '@base-ui/react/switch'
import type { ComponentProps } from 'react'
import { cn } from '@/app/_lib/cn'

export function Switch({ className, ...props }: ComponentProps<typeof Base.Root>) {
  return (
    <Base.Root
      className={cn(
        'touch-target inline-flex h-[18px] w-8 shrink-0 items-center rounded-full bg-line-strong p-0.5 transition-colors data-checked:bg-accent data-disabled:opacity-50',
        className as string,
      )}
      {...props}
    >
      <Base.Thumb className="size-3.5 rounded-full bg-raised transition-transform data-checked:translate-x-3.5 dark:bg-ink dark:data-checked:bg-accent-ink" />
    </Base.Root>
  )
}
