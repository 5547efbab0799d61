import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { cn } from '@/app/_lib/cn'

const badgeStyle = cva(
  'inline-flex h-5 max-w-full shrink-0 items-center gap-1 rounded-full px-2 font-medium text-caption leading-none',
  {
    variants: {
      tone: {
        neutral: 'bg-idle-soft text-muted',
        accent: 'bg-accent-soft text-working',
        needs: 'bg-needs-soft text-needs',
        launching: 'bg-launching-soft text-launching',
        failed: 'bg-failed-soft text-failed',
      },
    },
    defaultVariants: { tone: 'neutral' },
  },
)

/** A short word or a count beside something. */
export function Badge({ tone, className, ...props }: ComponentProps<'span'> & VariantProps<typeof badgeStyle>) {
  return <span className={cn(badgeStyle({ tone }), className)} {...props} />
}
