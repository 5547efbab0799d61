'use client'

import { useTheme } from 'next-themes'
import { Toaster as Sonner } from 'sonner'

export { toast } from 'sonner'

export function Toaster() {
  const { resolvedTheme } = useTheme()
  return (
    <Sonner
      theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
      position="bottom-right"
      // Never over a phone's bar of 56 px, nor over a page's own bar with the button that confirms.
      offset={{ bottom: 'calc(24px + var(--own-bar))' }}
      mobileOffset={{ bottom: 'calc(72px + env(safe-area-inset-bottom) + var(--own-bar))' }}
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-90 font-sans max-w-[calc(100vw-32px)] items-center gap-3 rounded-card border bg-raised px-4 py-3 text-data text-ink shadow-float',
          title: 'font-medium',
          description: 'mt-0.5 text-muted',
          content: 'min-w-0 flex-1 [overflow-wrap:anywhere]',
          actionButton: 'shrink-0 rounded-control border border-line-strong px-2 py-1 font-medium',
          error: '[&_[data-title]]:text-failed',
        },
      }}
    />
  )
}
