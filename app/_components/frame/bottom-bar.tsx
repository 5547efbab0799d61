'use client'

import { Ellipsis, Search, Unplug } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { cn } from '@/app/_lib/cn'
import { useBottles } from '@/app/_lib/use-tab-stream'
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '../ui/menu'
import { useFreezeAll } from './freeze-all'
import { openPalette } from './palette'
import { isHere, PLACES } from './places'
import { THEMES, useThemeName } from './theme-menu'

const itemStyle =
  'relative flex h-14 flex-1 flex-col items-center justify-center gap-1 font-medium text-[11px] text-muted [&_svg]:size-5 [&_svg]:stroke-[1.75]'

/** The rail on a phone, in reach of the thumb. */
export function BottomBar() {
  const pathname = usePathname()
  const [theme, setTheme] = useThemeName()
  const freezeAll = useFreezeAll()
  const needs = useBottles()?.filter((bottle) => bottle.state === 'needs-you').length ?? 0
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-40 flex border-t bg-sunken pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      {PLACES.map((place) => {
        const here = isHere(place, pathname)
        return (
          <Link
            key={place.href}
            href={place.href}
            aria-current={here ? 'page' : undefined}
            className={cn(itemStyle, here && 'text-ink [&_svg]:text-accent')}
          >
            <place.icon />
            {place.label}
            {place.href === '/' && needs > 0 && (
              <span className="absolute top-1.5 left-[calc(50%+8px)] flex h-4 min-w-4 items-center justify-center rounded-full bg-needs-fill px-1 font-semibold text-[10px] text-[oklch(0.2_0.03_70)]">
                {needs}
                <span className="sr-only"> need you</span>
              </span>
            )}
          </Link>
        )
      })}
      <Menu
        trigger={
          <button type="button" className={itemStyle}>
            {freezeAll.frozen > 0 ? <Unplug className="text-ink" /> : <Ellipsis />}
            {freezeAll.frozen > 0 ? 'Closed' : 'More'}
          </button>
        }
      >
        <MenuItem onClick={openPalette}>
          <Search />
          Find a bottle or command
        </MenuItem>
        {freezeAll.label && (
          <MenuItem onClick={freezeAll.run}>
            <Unplug />
            {freezeAll.label}
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuChoice label="Theme" value={theme ?? 'system'} onValueChange={setTheme} options={THEMES} />
      </Menu>
    </nav>
  )
}
