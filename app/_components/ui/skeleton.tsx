import type { ComponentProps } from 'react'
import { cn } from '@/app/_lib/cn'

/** Holds the place and the size of what is loading. Give it the final height. */
export function Skeleton({ className, ...props }: ComponentProps<'div'>) {
  return <div aria-hidden className={cn('animate-sheen rounded-control bg-hover', className)} {...props} />
}
