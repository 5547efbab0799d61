import type { ComponentProps } from 'react'
import { cn } from '@/app/_lib/cn'

/** Scrolls sideways by itself when it is wider than its place. */
export function Table({ className, ...props }: ComponentProps<'table'>) {
  return (
    <div className="relative overflow-x-auto">
      <table className={cn('w-full border-collapse text-left text-data', className)} {...props} />
    </div>
  )
}

export function Th({ className, ...props }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      className={cn(
        'h-8 whitespace-nowrap border-b px-3 font-medium text-caption text-dim first:pl-4 last:pr-4',
        className,
      )}
      {...props}
    />
  )
}

export function Td({ className, ...props }: ComponentProps<'td'>) {
  return (
    <td
      className={cn('h-10 border-b px-3 align-middle first:pl-4 last:pr-4 [tr:last-child>&]:border-b-0', className)}
      {...props}
    />
  )
}
