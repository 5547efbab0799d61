'use client'

import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { TerminalPane } from '@/app/_components/terminal/terminal-pane'
import { IconButton } from '@/app/_components/ui/icon-button'
import { cn } from '@/app/_lib/cn'
import { useTRPC } from '@/app/_lib/trpc'
import { useAddressState } from '@/app/_lib/use-address-state'
import type { BottleSlug } from '@/server/contract/ids'
import type { ShellView } from '@/server/contract/views'
import { useOpenShell } from './use-open-shell'

interface TerminalsProps {
  slug: BottleSlug
  initialShells: readonly ShellView[]
  /** More shells can be opened. */
  running: boolean
}

/** The agent's terminal, and the shells that were opened beside it. Which one is shown stands in the address. */
export function Terminals({ slug, initialShells, running }: TerminalsProps) {
  const trpc = useTRPC()
  const openShell = useOpenShell(slug)
  const [session, setSession] = useAddressState<string>('session', 'agent')
  const detail = useQuery(trpc.bottles.get.queryOptions({ slug }, { refetchInterval: 10_000 }))
  const shells = detail.data?.shells ?? initialShells
  const all = [
    { session: 'agent', label: 'Agent' },
    ...shells.map((shell, index) => ({ session: shell.session, label: `Shell ${index + 1}` })),
  ]
  // A shell that has just been opened, or has just ended, is not in the list; its terminal says what became of it.
  if (!all.some((each) => each.session === session)) all.push({ session, label: 'Shell' })
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {all.length > 1 && (
        <div role="tablist" aria-label="Terminals" className="flex items-center gap-1 border-b px-4 py-1 sm:px-5">
          {all.map((each) => (
            <button
              key={each.session}
              type="button"
              role="tab"
              aria-selected={each.session === session}
              onClick={() => setSession(each.session)}
              className={cn(
                'h-7 rounded-control px-2 text-data text-muted hover:text-ink pointer-coarse:h-11',
                each.session === session && 'bg-hover text-ink',
              )}
            >
              {each.label}
            </button>
          ))}
          {running && (
            <IconButton size="sm" label="Open another shell" onClick={openShell}>
              <Plus />
            </IconButton>
          )}
        </div>
      )}
      {/* The pane takes its parent's height, and a flex item has none that a percentage could refer to. */}
      <div className="relative min-h-48 flex-1">
        <TerminalPane key={session} slug={slug} session={session} autoFocus className="absolute inset-0" />
      </div>
    </div>
  )
}
