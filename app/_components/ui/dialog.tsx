'use client'

import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { cn } from '@/app/_lib/cn'
import { IconButton } from './icon-button'

export const backdropStyle =
  'fixed inset-0 z-50 bg-scrim transition-opacity duration-160 data-ending-style:opacity-0 data-starting-style:opacity-0'
export const popupStyle =
  'fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-48px)] w-[calc(100vw-32px)] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-card border bg-raised shadow-float outline-none transition-[opacity,scale] duration-160 data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0'

interface DialogProps {
  title: string
  description?: ReactNode
  /** Opens it; leave it out where `open` is controlled. */
  trigger?: ReactElement
  open?: boolean
  onOpenChange?: (open: boolean) => void
  /** Verbs, the safe one first. `DialogClose` closes. */
  footer?: ReactNode
  className?: string
  children: ReactNode
}

/** A dialog for choosing and filling in. For something that destroys, use AlertDialog. */
export function Dialog({ title, description, trigger, open, onOpenChange, footer, className, children }: DialogProps) {
  return (
    <Base.Root
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange === undefined ? {} : { onOpenChange: (next: boolean) => onOpenChange(next) })}
    >
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Backdrop className={backdropStyle} />
        <Base.Popup className={cn(popupStyle, 'max-w-[480px]', className)}>
          <header className="flex items-start gap-4 px-5 pt-4">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-lead">{title}</Base.Title>
              {description && <Base.Description className="mt-1 text-data text-muted">{description}</Base.Description>}
            </div>
            <Base.Close render={<IconButton label="Close" tip={false} size="sm" className="-mt-0.5 -mr-2" />}>
              <X />
            </Base.Close>
          </header>
          <div className="px-5 py-4">{children}</div>
          {footer && <footer className="flex justify-end gap-2 border-t px-5 py-3">{footer}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

export const DialogClose = Base.Close
