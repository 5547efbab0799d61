'use client'

import { formatAge, formatExact } from '@/app/_lib/format'
import { useOfNow } from '@/app/_lib/now'
import { Tooltip } from './tooltip'

/**
 * `4 min`, ticking; the exact time on hover. `suffix` such as “ago”. `at` in epoch milliseconds.
 * The server does not know the reader's clock, so the first paint may differ by a tick.
 */
export function RelativeTime({ at, suffix, className }: { at: number; suffix?: string; className?: string }) {
  const age = useOfNow((now) => formatAge(now - at))
  return (
    <Tooltip text={formatExact(at)}>
      <time dateTime={new Date(at).toISOString()} suppressHydrationWarning className={className}>
        {suffix && age === 'now' ? 'just now' : suffix ? `${age} ${suffix}` : age}
      </time>
    </Tooltip>
  )
}
