'use client'

import { Unplug } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useBoundary, useProbe } from '@/app/_components/network/use-boundary'
import { Button, buttonStyle } from '@/app/_components/ui/button'
import { useFreeze } from '@/app/_components/use-freeze'
import { bottleName } from '@/app/_lib/bottle-list'
import { isBoundaryRed } from '@/app/_lib/bottle-status'
import { visibleText } from '@/app/_lib/visible-text'
import type { BottleView } from '@/server/contract/views'
import { BundleDown, SecretNotices } from './bundle-notice'
import { ClosedFrame } from './closed-frame'

/** Why nothing goes out, before anything else of the bottle: a probe that failed, or the operator's own hand. */
export function ClosedNotice({ bottle }: { bottle: BottleView }) {
  const notices = bottle.egress?.notices ?? []
  return (
    <>
      <Closed bottle={bottle} />
      {notices.length > 0 && <SecretNotices notices={notices} />}
    </>
  )
}

function Closed({ bottle }: { bottle: BottleView }) {
  if (bottle.egress?.down) return <BundleDown slug={bottle.slug} down={bottle.egress.down} />
  if (isBoundaryRed(bottle)) return <BoundaryRed bottle={bottle} />
  if (bottle.egress?.frozen) return <Frozen bottle={bottle} />
  return null
}

/** More names than this tell less than their number. */
const MOST_NAMES = 3

function BoundaryRed({ bottle }: { bottle: BottleView }) {
  const checks = useBoundary(bottle)?.checks ?? []
  const probe = useProbe(bottle.slug)
  const href = `/bottles/${bottle.slug}/network`
  const onChecks = usePathname() === href
  const red = checks.filter(({ result }) => result === 'red')
  const where =
    red.length === 0
      ? ''
      : red.length > MOST_NAMES
        ? ` at ${red.length} of ${checks.length} checks`
        : ` at “${red.map(({ name }) => name).join('”, “')}”`
  return (
    <ClosedFrame
      title={`Egress closed: the boundary does not hold${where}`}
      action={
        <>
          {!onChecks && (
            <Link href={href} className={buttonStyle({ size: 'sm' })}>
              See the checks
            </Link>
          )}
          <Button size="sm" busy={probe.busy} onClick={probe.run}>
            Check again
          </Button>
        </>
      }
    >
      {red[0]?.detail && `${visibleText(red[0].detail, 240)} `}
      <span className="text-muted">Nothing goes out until you open it. Stop the bottle unless you know why.</span>
    </ClosedFrame>
  )
}

function Frozen({ bottle }: { bottle: BottleView }) {
  const { set, busy } = useFreeze()
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 bg-ink px-5 py-1.5 text-canvas text-data sm:px-6"
    >
      <Unplug aria-hidden strokeWidth={1.75} className="size-4 shrink-0" />
      <p className="min-w-0 flex-1 max-sm:basis-[calc(100%-28px)]">
        <span className="font-medium">Egress is closed.</span>{' '}
        <span className="opacity-80">Every request is refused and open connections were cut. The agent goes on.</span>
      </p>
      <Button
        size="sm"
        busy={busy}
        onClick={() => void set(bottle, false)}
        className="max-w-full border-canvas/40 max-sm:ml-7 bg-transparent text-canvas enabled:hover:bg-canvas/15"
      >
        Open egress of {bottleName(bottle)}
      </Button>
    </div>
  )
}
