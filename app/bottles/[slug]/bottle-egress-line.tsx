'use client'

import { ShieldCheck } from 'lucide-react'
import Link from 'next/link'
import { useBoundary } from '@/app/_components/network/use-boundary'
import { StatusShape } from '@/app/_components/ui/status-shape'
import { countChecks } from '@/app/_lib/network/boundary'
import type { BottleView } from '@/server/contract/views'

const linkStyle = 'touch-target flex items-center gap-1.5 rounded-small text-muted hover:text-ink'

/** `Boundary ✓ 11/11   Network 18 req/min, 2 refused`; each leads to what it counts. */
export function BottleEgressLine({ bottle }: { bottle: BottleView }) {
  const boundary = useBoundary(bottle)
  const { egress, slug } = bottle
  if (!egress) return null
  const href = `/bottles/${slug}/network`
  const counted = boundary && countChecks(boundary.checks)
  return (
    <>
      {egress.probe !== 'unknown' && (
        <Link href={href} className={linkStyle}>
          <span className="text-dim">Boundary</span>
          {egress.probe === 'red' ? (
            <StatusShape status={{ shape: 'broken-shield', tone: 'failed', progress: null }} size={14} />
          ) : (
            <ShieldCheck aria-hidden strokeWidth={2} className="size-4 text-working" />
          )}
          <span className={egress.probe === 'red' ? 'font-medium text-failed' : undefined}>
            {counted ? `${counted.green}/${counted.checked}` : egress.probe === 'red' ? 'failed' : 'holds'}
          </span>
        </Link>
      )}
      <Link href={egress.refused > 0 ? `${href}?outcome=refused` : href} className={linkStyle}>
        <span className="text-dim">Network</span>
        <span>
          {egress.down ? (
            <span className="text-failed">down</span>
          ) : egress.frozen ? (
            'closed by you'
          ) : (
            `${egress.perMinute.toLocaleString('en-US')} req/min`
          )}
          {egress.refused > 0 && (
            <>
              , <span className="text-failed">{egress.refused.toLocaleString('en-US')} refused</span>
            </>
          )}
        </span>
      </Link>
    </>
  )
}
