'use client'

import { PanelLeft, PanelLeftClose } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { cn } from '@/app/_lib/cn'
import { useBottles } from '@/app/_lib/use-tab-stream'
import { Badge } from '../ui/badge'
import { IconButton } from '../ui/icon-button'
import { Kbd } from '../ui/kbd'
import { EngineState } from './engine-state'
import { FreezeAllButton } from './freeze-all'
import { KeysButton } from './keys-dialog'
import { Mark } from './mark'
import { NotificationsButton } from './notifications'
import { isHere, PLACES, type Place } from './places'
import { ThemeMenu } from './theme-menu'

/** 220 wide; 56 when it was folded, and always below 1024. On a phone BottomBar takes its place. */
export function Rail({ narrow, onToggle }: { narrow: boolean; onToggle: () => void }) {
  const pathname = usePathname()
  const needs = useBottles()?.filter((bottle) => bottle.state === 'needs-you').length ?? 0
  return (
    <nav
      aria-label="Main"
      data-narrow={narrow || undefined}
      className="group/rail sticky top-0 z-30 flex h-dvh w-14 shrink-0 flex-col border-r bg-sunken px-2 pb-2 max-sm:hidden lg:not-data-narrow:w-55"
    >
      <div className="flex h-14 items-center gap-2 px-2">
        <Link href="/" aria-label="bot-bottle" className="flex items-center gap-2 rounded-control font-semibold">
          <Mark className="size-6 text-accent" />
          <Wide>bot-bottle</Wide>
        </Link>
      </div>
      <ul className="flex flex-col gap-0.5">
        {PLACES.map((place) => (
          <li key={place.href}>
            <RailLink place={place} here={isHere(place, pathname)} needs={place.href === '/' ? needs : 0} />
          </li>
        ))}
      </ul>
      <div className="mt-auto flex flex-col gap-1">
        <FreezeAllButton />
        <EngineState />
        <div className="flex flex-wrap items-center gap-0.5 px-1 max-lg:flex-col group-data-narrow/rail:flex-col">
          <ThemeMenu />
          <NotificationsButton />
          <KeysButton />
          <IconButton
            label={narrow ? 'Unfold the rail' : 'Fold the rail'}
            keys="["
            onClick={onToggle}
            className="max-lg:hidden lg:not-group-data-narrow/rail:ml-auto"
          >
            {narrow ? <PanelLeft /> : <PanelLeftClose />}
          </IconButton>
        </div>
      </div>
    </nav>
  )
}

/** Shown only where the rail is wide; narrow, the link's label says it. */
function Wide({ children }: { children: React.ReactNode }) {
  return <span className="min-w-0 flex-1 truncate max-lg:hidden group-data-narrow/rail:hidden">{children}</span>
}

function RailLink({ place, here, needs }: { place: Place; here: boolean; needs: number }) {
  const Icon = place.icon
  const primary = place.href === '/launch'
  return (
    <Link
      href={place.href}
      aria-current={here ? 'page' : undefined}
      aria-label={needs > 0 ? `${place.label}, ${needs} need you` : place.label}
      className={cn(
        'relative flex h-8 items-center gap-2.5 rounded-control px-3 font-medium text-data text-muted transition-colors hover:bg-hover hover:text-ink',
        here && 'bg-hover text-ink',
        primary && !here && 'text-working',
      )}
    >
      <Icon strokeWidth={1.75} className={cn('size-4 shrink-0', here && 'text-accent')} />
      <Wide>{place.label}</Wide>
      {needs > 0 && (
        <>
          <Badge tone="needs" className="max-lg:hidden group-data-narrow/rail:hidden">
            {needs}
          </Badge>
          <span className="absolute top-1.5 right-2 size-1.5 rounded-full bg-needs-fill lg:not-group-data-narrow/rail:hidden" />
        </>
      )}
      {place.keys && (
        <span className="max-lg:hidden group-data-narrow/rail:hidden">
          <Kbd keys={place.keys} />
        </span>
      )}
    </Link>
  )
}
