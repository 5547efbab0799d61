'use client'

import { useEffect, useMemo, useState } from 'react'
import { LogView } from '@/app/_components/log/log-view'
import { ErrorCard } from '@/app/_components/ui/error-card'
import { Skeleton } from '@/app/_components/ui/skeleton'
import { messageOf } from '@/app/_lib/error-text'
import { sharedSource } from '@/app/_lib/log/shared-source'
import { FINAL_STATES } from '@/server/contract/events'
import type { LogOutline, SharedLogView } from '@/server/contract/views'
import { SharedHeader } from './shared-header'

const SKELETON_WIDTHS = [62, 48, 71, 39, 66, 54, 45, 74, 58, 41, 69, 52]

/** The same view of a log as its owner has, over what the link allows. */
export function SharedLog({ token, shared }: { token: string; shared: SharedLogView }) {
  const [gone, setGone] = useState(false)
  const [outline, setOutline] = useState<LogOutline | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const source = useMemo(() => sharedSource(token, () => setGone(true)), [token])
  useEffect(() => {
    const controller = new AbortController()
    source
      .outline(controller.signal)
      .then(setOutline)
      .catch((error: unknown) => !controller.signal.aborted && setProblem(messageOf(error)))
    return () => controller.abort()
  }, [source])

  const { fromLine, toLine } = shared
  const range = useMemo(
    () =>
      fromLine === null && toLine === null ? null : { from: fromLine ?? 1, to: toLine ?? Number.MAX_SAFE_INTEGER },
    [fromLine, toLine],
  )
  return (
    <main className="flex h-dvh flex-col">
      <SharedHeader shared={shared} />
      {gone && (
        <p role="alert" className="border-needs/30 border-b bg-needs-soft px-4 py-2 text-data text-needs">
          This link has ended or was revoked. What was loaded so far stays until you leave.
        </p>
      )}
      {outline ? (
        <LogView
          className="flex-1"
          source={source}
          initial={{ outline, page: null }}
          range={range}
          live={range === null && !gone && !FINAL_STATES.includes(shared.state)}
        />
      ) : problem ? (
        <ErrorCard
          className="m-6"
          title="The log could not be read"
          meaning={problem}
          fix="Reload the page to try again."
        />
      ) : (
        <div className="space-y-2 p-6">
          {SKELETON_WIDTHS.map((width) => (
            <Skeleton key={width} className="h-2.5" style={{ width: `${width}ch` }} />
          ))}
        </div>
      )}
    </main>
  )
}
