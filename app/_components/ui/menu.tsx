'use client'

import { Menu as Base } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import type { ComponentProps, ReactElement, ReactNode } from 'react'
import { cn } from '@/app/_lib/cn'
import { Kbd } from './kbd'

export const menuPopupStyle =
  'min-w-44 max-w-80 rounded-card border bg-raised p-1 text-data text-ink shadow-float outline-none transition-[opacity,scale] duration-120 origin-(--transform-origin) data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0'
export const menuItemStyle =
  'flex min-h-8 cursor-default select-none items-center gap-2 rounded-control px-2 outline-none data-disabled:opacity-45 data-highlighted:bg-hover pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:stroke-[1.75] [&>svg]:text-muted'

export function Menu({
  trigger,
  align = 'end',
  children,
}: {
  trigger: ReactElement
  align?: 'start' | 'center' | 'end'
  children: ReactNode
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={4} className="z-50 outline-none">
          <Base.Popup className={menuPopupStyle}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

export function MenuItem({
  keys,
  danger,
  className,
  children,
  ...props
}: ComponentProps<typeof Base.Item> & { keys?: string; danger?: boolean }) {
  return (
    <Base.Item
      className={cn(menuItemStyle, danger && 'text-failed [&>svg]:text-failed', className as string)}
      {...props}
    >
      {children}
      {keys && (
        <span className="ml-auto pl-4">
          <Kbd keys={keys} />
        </span>
      )}
    </Base.Item>
  )
}

export function MenuSeparator() {
  return <Base.Separator className="mx-1 my-1 h-px bg-line" />
}

/** One of several, such as how a list is grouped. */
export function MenuChoice<T extends string>({
  label,
  value,
  onValueChange,
  options,
}: {
  label: string
  value: T
  onValueChange: (value: T) => void
  options: readonly { value: T; label: string }[]
}) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 pt-1.5 pb-1 text-caption text-dim">{label}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={(next: T) => onValueChange(next)}>
        {options.map((option) => (
          <Base.RadioItem key={option.value} value={option.value} closeOnClick className={menuItemStyle}>
            <span className="flex size-4 items-center">
              <Base.RadioItemIndicator>
                <Check className="text-accent" />
              </Base.RadioItemIndicator>
            </span>
            {option.label}
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  )
}
