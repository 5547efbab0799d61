'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect } from 'react'
import { toast } from '@/app/_components/ui/toast'
import { messageOf } from '@/app/_lib/error-text'
import { useTRPC } from '@/app/_lib/trpc'
import type { BottleSlug } from '@/server/contract/ids'
import type { BoundaryView } from '@/server/contract/network'
import type { BottleView } from '@/server/contract/views'

/** It is proved again on a timer; its age should not run ahead of that. */
const REFRESH_MS = 30_000

/** What the server knew when it rendered the bottle's page. */
export const FirstBoundary = createContext<BoundaryView | null>(null)

/** What the last boundary probe saw; null before the first. */
export function useBoundary({ slug, egress }: BottleView): BoundaryView | null {
  const first = useContext(FirstBoundary)
  const trpc = useTRPC()
  const queries = useQueryClient()
  const { data } = useQuery(
    trpc.network.boundary.queryOptions({ slug }, { refetchInterval: egress ? REFRESH_MS : false }),
  )
  const verdict = egress?.probe
  // biome-ignore lint/correctness/useExhaustiveDependencies: another verdict is another probe
  useEffect(() => {
    void queries.invalidateQueries(trpc.network.boundary.queryFilter({ slug }))
  }, [verdict, slug])
  return data ?? first
}

/** Proves the boundary of a bottle now. */
export function useProbe(slug: BottleSlug): { run: () => void; busy: boolean } {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const { mutate, isPending } = useMutation(
    trpc.network.probe.mutationOptions({
      onSuccess: (boundary) => queries.setQueryData(trpc.network.boundary.queryKey({ slug }), boundary),
      onError: (error) => toast.error('The boundary could not be checked', { description: messageOf(error) }),
    }),
  )
  return { run: () => mutate({ slug }), busy: isPending }
}
