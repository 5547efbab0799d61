'use client'

import { useEffect, useState } from 'react'
import { ReplayPlayer } from '@/app/_components/replay/replay-player'
import { EmptyState } from '@/app/_components/ui/empty-state'
import { ErrorCard } from '@/app/_components/ui/error-card'
import { messageOf } from '@/app/_lib/error-text'
import { type Cast, parseCast } from '@/app/_lib/replay/cast'
import type { SharedLogView } from '@/server/contract/views'
import { SharedHeader } from './shared-header'

/** What the terminal of a bottle showed, up to when the page was opened. */
export function SharedTerminal({ token, shared }: { token: string; shared: SharedLogView }) {
  const [cast, setCast] = useState<Cast | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    const controller = new AbortController()
    read(token, controller.signal)
      .then(setCast)
      .catch((error: unknown) => !controller.signal.aborted && setProblem(messageOf(error)))
    return () => controller.abort()
  }, [token])
  return (
    <main className="flex h-dvh flex-col">
      <SharedHeader shared={shared} />
      {cast && cast.events.length === 0 ? (
        <EmptyState
          className="m-6"
          title="Nothing has been shown yet"
          hint="Reload the page once the agent has said something."
        />
      ) : cast ? (
        <ReplayPlayer cast={cast} />
      ) : problem ? (
        <ErrorCard
          className="m-6"
          title="The recording could not be read"
          meaning={problem}
          fix="Reload the page to try again."
        />
      ) : (
        <p className="p-4 font-mono text-dim text-log">Loading the recording …</p>
      )}
    </main>
  )
}

async function read(token: string, signal: AbortSignal): Promise<Cast> {
  const response = await fetch(`/api/share/${encodeURIComponent(token)}/terminal.cast`, { signal })
  if (response.status === 404) throw new Error('There is no recording at this link yet, or the link has ended.')
  if (!response.ok) throw new Error(`The server answered ${response.status}.`)
  return parseCast(await response.text())
}
