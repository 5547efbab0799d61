import { Mark } from '@/app/_components/frame/mark'
import { formatExact } from '@/app/_lib/format'
import type { SharedLogView } from '@/server/contract/views'
import { sharedTitle } from './shared-title'

/** One line: what this is, from when, until when it can be read. */
export function SharedHeader({ shared }: { shared: SharedLogView }) {
  return (
    <header className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-0.5 border-b px-4 py-2">
      <Mark className="size-5 shrink-0 text-accent" />
      <h1 className="min-w-0 flex-1 truncate text-body sm:flex-none">{sharedTitle(shared)}</h1>
      <p className="min-w-0 text-caption text-muted max-sm:w-full" suppressHydrationWarning>
        from {formatExact(shared.createdAt)} · can be read until {formatExact(shared.expiresAt)} · read-only, secrets
        masked
      </p>
    </header>
  )
}
