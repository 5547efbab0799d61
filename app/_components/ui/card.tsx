import type { ComponentProps } from 'react'
import { cn } from '@/app/_lib/cn'

/** A bordered surface; borders carry structure, so it has no shadow. */
export function Card({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('rounded-card border bg-surface', className)} {...props} />
}
