'use client'

import { Tabs as Base } from '@base-ui/react/tabs'
import type { ComponentProps } from 'react'
import { cn } from '@/app/_lib/cn'

export const Tabs = Base.Root
export const TabPanel = Base.Panel

export function TabList({ className, children, ...props }: ComponentProps<typeof Base.List>) {
  return (
    <Base.List
      className={cn('relative flex gap-1 overflow-x-auto border-b [scrollbar-width:none]', className as string)}
      {...props}
    >
      {children}
      <Base.Indicator className="absolute bottom-0 left-0 h-0.5 w-(--active-tab-width) translate-x-(--active-tab-left) rounded-full bg-accent transition-[translate,width] duration-160 ease-out" />
    </Base.List>
  )
}

export function Tab({ className, ...props }: ComponentProps<typeof Base.Tab>) {
  return (
    <Base.Tab
      className={cn(
        'flex h-9 shrink-0 select-none items-center gap-1.5 px-2.5 font-medium text-data text-muted transition-colors hover:text-ink focus-visible:-outline-offset-2 data-active:text-ink pointer-coarse:h-11',
        className as string,
      )}
      {...props}
    />
  )
}
