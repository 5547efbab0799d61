'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { toast } from '@/app/_components/ui/toast'
import { failureOf } from '@/app/_lib/app-failure'
import { formatDuration } from '@/app/_lib/format'
import { useTRPC, useTRPCClient } from '@/app/_lib/trpc'
import type { RoutesEdit, RoutesPreview, RoutesUpdated, RoutesView } from '@/server/contract/network'

/** Between the last letter typed and the preview of what it would do. */
const PAUSE_MS = 250

export interface RouteEdit {
  /** What it would do; null until that is known, and again while it is asked anew. */
  preview: RoutesPreview | null
  /** Why there is no preview. */
  problem: string | null
  /** The routes changed under the edit. */
  conflict: boolean
  busy: boolean
  /** Puts it in force. Resolves to what is in force then; null when it was not done. */
  apply: () => Promise<RoutesView | null>
}

/**
 * Asks what an edit would do, as it changes, and applies it as it was reviewed.
 *
 * @param edit null while there is nothing to ask about
 * @param routes what the edit was made from
 * @param bottle file that it is written to as well, or null
 */
export function useRouteEdit(edit: RoutesEdit | null, routes: RoutesView, bottle: string | null): RouteEdit {
  const client = useTRPCClient()
  const trpc = useTRPC()
  const queries = useQueryClient()
  const [answer, setAnswer] = useState<{ of: string; preview: RoutesPreview | null; problem: string | null } | null>(
    null,
  )
  const [conflict, setConflict] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<{ of: string; message: string } | null>(null)
  const { slug, digest } = routes

  const asked = edit && JSON.stringify([edit, digest, bottle])
  const latest = useRef(asked)
  latest.current = asked
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` is all that the question depends on
  useEffect(() => {
    setConflict(false)
    if (!edit || asked === null) return
    const timer = setTimeout(async () => {
      const got = await client.routes.preview
        .mutate({ slug, edit: sent(edit), ...(bottle !== null && { bottle }) })
        .then(
          (preview) => ({ of: asked, preview, problem: null }),
          (error) => ({ of: asked, preview: null, problem: failureOf(error).message }),
        )
      if (latest.current === asked) setAnswer(got)
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [asked])

  const known = answer?.of === asked ? answer : null
  const preview = known?.preview ?? null
  const apply = async () => {
    if (!edit || !preview || asked === null) return null
    setBusy(true)
    setFailure(null)
    try {
      const updated = await client.routes.update.mutate({
        slug,
        edit: sent(edit),
        digest,
        ...(bottle !== null && preview.manifest && { manifest: { bottle, digest: preview.manifest.digest } }),
      })
      queries.setQueryData(trpc.routes.get.queryKey({ slug }), updated.routes)
      tellUpdated(updated)
      return updated.routes
    } catch (error) {
      const { code, message } = failureOf(error)
      setConflict(code === 'CONFLICT')
      setFailure({ of: asked, message })
      return null
    } finally {
      setBusy(false)
    }
  }
  return {
    preview,
    problem: (failure?.of === asked ? failure?.message : null) ?? known?.problem ?? null,
    conflict,
    busy,
    apply,
  }
}

/** As the procedures take it: arrays of its own. */
const sent = (edit: RoutesEdit) => (edit.kind === 'allow' ? { ...edit, methods: [...edit.methods] } : edit)

function tellUpdated({ changes, tookMs, manifest, routes }: RoutesUpdated): void {
  const written = manifest ? ` ${manifest.file} says so too.` : ''
  if (routes.status.kind === 'refused') {
    toast.error('Egress refused the routes; those before stay in force', { description: routes.status.message })
    return
  }
  toast(changes.join(', ') || 'Nothing changed', {
    description:
      (tookMs === null ? 'Written; egress has not confirmed it yet.' : `In effect after ${formatDuration(tookMs)}.`) +
      written,
  })
}
