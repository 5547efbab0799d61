'use client'

import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronsUpDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '@/app/_lib/cn'
import { fieldStyle } from './input'
import { menuItemStyle, menuPopupStyle } from './menu'

export interface SelectOption<T extends string> {
  value: T
  label: string
  /** A second, quiet line. */
  note?: string
  disabled?: boolean
}

export function Select<T extends string>({
  value,
  onValueChange,
  options,
  label,
  placeholder,
  className,
  id,
}: {
  value: T | null
  onValueChange: (value: T) => void
  options: readonly SelectOption<T>[]
  /** For assistive technology, where no visible label points here by `id`. */
  label?: string
  placeholder?: ReactNode
  className?: string
  id?: string
}) {
  return (
    <Base.Root
      items={options.map(({ value, label }) => ({ value, label }))}
      value={value}
      onValueChange={(next) => next !== null && onValueChange(next)}
    >
      <Base.Trigger
        id={id}
        aria-label={label}
        className={cn(fieldStyle, 'flex items-center justify-between gap-2 pr-2 text-left', className)}
      >
        <Base.Value placeholder={placeholder} className="truncate data-placeholder:text-dim" />
        <Base.Icon>
          <ChevronsUpDown className="size-3.5 shrink-0 text-dim" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
          <Base.Popup
            className={cn(menuPopupStyle, 'max-h-(--available-height) min-w-(--anchor-width) overflow-y-auto')}
          >
            {options.map((option) => (
              <Base.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled ?? false}
                className={cn(menuItemStyle, 'py-1')}
              >
                <span className="min-w-0 flex-1">
                  <Base.ItemText className="block truncate">{option.label}</Base.ItemText>
                  {option.note && <span className="block text-caption text-dim">{option.note}</span>}
                </span>
                <Base.ItemIndicator>
                  <Check className="text-accent" />
                </Base.ItemIndicator>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
