import type { ComponentProps } from 'react'
import { cn } from '@/app/_lib/cn'

export const fieldStyle =
  'h-8 w-full min-w-0 rounded-control border border-line-strong bg-surface px-2.5 text-data text-ink transition-colors duration-120 enabled:hover:border-dim focus-visible:outline-offset-0 disabled:opacity-50 aria-invalid:border-failed pointer-coarse:h-11 pointer-coarse:text-lead'

/** `mono` for what a machine reads: a path, a name, a pattern. */
export function Input({ mono, className, ...props }: ComponentProps<'input'> & { mono?: boolean }) {
  return <input className={cn(fieldStyle, mono && 'font-mono', className)} {...props} />
}
