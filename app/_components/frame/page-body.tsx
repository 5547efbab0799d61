import type { ComponentProps } from 'react'
import { cn } from '@/app/_lib/cn'

/** At most 1200 wide. Terminal and log take all there is and do without it. */
export function PageBody({ className, ...props }: ComponentProps<'main'>) {
  return <main className={cn('mx-auto w-full max-w-[1248px] flex-1 px-6 pb-12 max-sm:px-4', className)} {...props} />
}
