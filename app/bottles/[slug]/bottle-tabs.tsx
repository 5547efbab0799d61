'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { Badge } from '@/app/_components/ui/badge'
import { cn } from '@/app/_lib/cn'
import type { BottleSlug } from '@/server/contract/ids'

interface BottleTabsProps {
  slug: BottleSlug
  /** What the first one is called now. */
  first: string
  /** Requests that egress refused. */
  refused: number
}

/** Tabs are links: each has its own address, and Back works. */
export function BottleTabs({ slug, first, refused }: BottleTabsProps) {
  const pathname = usePathname()
  const base = `/bottles/${slug}`
  const tabs = [
    { href: base, label: first },
    { href: `${base}/logs`, label: 'Log' },
    { href: `${base}/network`, label: 'Network', refused },
    { href: `${base}/plan`, label: 'Plan' },
  ]
  return (
    <nav
      aria-label="Views of the bottle"
      className="relative flex gap-1 overflow-x-auto border-b px-4 [scrollbar-width:none] sm:px-5"
    >
      {tabs.map(({ href, label, refused = 0 }) => {
        const here = pathname === href
        return (
          <Link
            key={href}
            href={href}
            aria-current={here ? 'page' : undefined}
            className={cn(
              '-mb-px flex h-9 shrink-0 items-center border-transparent border-b-2 px-2 font-medium text-data text-muted transition-colors hover:text-ink focus-visible:-outline-offset-2 pointer-coarse:h-11 pointer-coarse:min-w-11 pointer-coarse:justify-center',
              here && 'border-accent text-ink',
            )}
          >
            {label}
            {refused > 0 && (
              <Badge tone="failed" className="ml-1.5">
                {refused > 999 ? '999+' : refused}
                <span className="sr-only"> refused</span>
              </Badge>
            )}
          </Link>
        )
      })}
    </nav>
  )
}
