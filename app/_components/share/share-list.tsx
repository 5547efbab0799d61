'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { messageOf } from '@/app/_lib/error-text'
import { formatExact } from '@/app/_lib/format'
import { rangeText } from '@/app/_lib/log/line-range'
import { useNow } from '@/app/_lib/now'
import { useTRPC } from '@/app/_lib/trpc'
import type { ShareView } from '@/server/contract/views'
import { Button } from '../ui/button'
import { Skeleton } from '../ui/skeleton'
import { toast } from '../ui/toast'

/** Links that were made, newest first; those that can still be read have a button to take them back. */
export function ShareList({ shares, problem }: { shares: readonly ShareView[] | null; problem: string | null }) {
  if (problem) return <p className="mt-4 text-data text-failed">{problem}</p>
  if (!shares) return <Skeleton className="mt-4 h-10" />
  if (shares.length === 0) return <p className="mt-4 text-caption text-dim">No links to this bottle yet.</p>
  return (
    <ul aria-label="Links" className="mt-4 max-h-64 divide-y overflow-y-auto border-t">
      {shares.map((share) => (
        <ShareRow key={share.id} share={share} />
      ))}
    </ul>
  )
}

function ShareRow({ share }: { share: ShareView }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const now = useNow()
  const revoke = useMutation(
    trpc.shares.revoke.mutationOptions({
      onError: (error) => toast.error('The link could not be revoked', { description: messageOf(error) }),
      onSettled: () => queries.invalidateQueries(trpc.shares.list.queryFilter()),
    }),
  )
  const active = share.state === 'active' && share.expiresAt > now
  return (
    <li className="flex min-h-11 items-center gap-3 py-1.5 text-data">
      <span className="min-w-0 flex-1">
        <span className={active ? 'text-ink' : 'text-dim'}>{whatText(share)}</span>
        <span className="block text-caption text-dim">
          {share.revokedAt !== null ? 'Revoked' : `${active ? 'Ends' : 'Ended'} ${formatExact(share.expiresAt)}`}
        </span>
      </span>
      {active && (
        <Button
          size="sm"
          variant="danger-quiet"
          busy={revoke.isPending}
          onClick={() => revoke.mutate({ id: share.id })}
        >
          Revoke
        </Button>
      )}
    </li>
  )
}

function whatText({ kind, fromLine, toLine }: ShareView): string {
  if (kind === 'terminal') return 'Terminal replay'
  if (fromLine === null && toLine === null) return 'Whole log'
  return rangeText({ from: fromLine ?? 1, to: toLine ?? Number.POSITIVE_INFINITY })
}
