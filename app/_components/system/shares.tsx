'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { formatExact, formatUntil } from '@/app/_lib/format'
import { useNow } from '@/app/_lib/now'
import { useTRPC } from '@/app/_lib/trpc'
import type { ShareView } from '@/server/contract/views.ts'
import { AlertDialog } from '../ui/alert-dialog'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { RelativeTime } from '../ui/relative-time'
import { Table, Td, Th } from '../ui/table'
import { Tooltip } from '../ui/tooltip'

/** Every link that was given out. A link that ended stays listed, so that one can tell what somebody else saw. */
export function Shares({ initial }: { initial: ShareView[] }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const options = trpc.shares.list.queryOptions({})
  const { data: shares } = useQuery({ ...options, initialData: initial, staleTime: 10_000 })
  const revoke = useMutation(trpc.shares.revoke.mutationOptions())
  const now = useNow()

  return (
    <section className="mt-10" aria-label="Shared links">
      <header className="mb-2 flex min-h-8 flex-wrap items-center gap-3">
        <h2 className="text-body">Shared links</h2>
        <p className="min-w-0 flex-1 text-data text-muted">Read-only, secrets masked, each with an end</p>
      </header>
      {shares.length === 0 ? (
        <p className="rounded-card border border-dashed px-4 py-6 text-center text-data text-muted">
          Nothing is shared. A bottle’s page makes a link to its log or its terminal.
        </p>
      ) : (
        <Card className="overflow-hidden">
          <Table>
            <thead>
              <tr>
                <Th>Bottle</Th>
                <Th>What</Th>
                <Th>Made</Th>
                <Th>Ends</Th>
                <Th className="w-24" />
              </tr>
            </thead>
            <tbody>
              {shares.map((share) => {
                const active = share.state === 'active' && share.expiresAt > now
                return (
                  <tr key={share.id}>
                    <Td>
                      <Link href={`/bottles/${share.slug}`} className="font-medium hover:underline">
                        {share.slug}
                      </Link>
                    </Td>
                    <Td className="whitespace-nowrap text-muted">{whatOf(share)}</Td>
                    <Td className="whitespace-nowrap text-muted">
                      <RelativeTime at={share.createdAt} suffix="ago" />
                    </Td>
                    <Td className="whitespace-nowrap">
                      {active ? (
                        <Tooltip text={formatExact(share.expiresAt)}>
                          <span suppressHydrationWarning>{formatUntil(share.expiresAt - now)}</span>
                        </Tooltip>
                      ) : (
                        <Badge>{share.revokedAt === null ? 'Ended' : 'Revoked'}</Badge>
                      )}
                    </Td>
                    <Td className="text-right">
                      {active && (
                        <AlertDialog
                          title={`Revoke the link to ${share.slug}?`}
                          consequence="Whoever has it sees nothing from now on, and it cannot be brought back; make a new one instead."
                          confirm="Revoke the link"
                          cancel="Keep it"
                          onConfirm={async () => {
                            await revoke.mutateAsync({ id: share.id })
                            await queries.invalidateQueries({ queryKey: options.queryKey })
                          }}
                          trigger={
                            <Button size="sm" variant="danger-quiet">
                              Revoke
                            </Button>
                          }
                        />
                      )}
                    </Td>
                  </tr>
                )
              })}
            </tbody>
          </Table>
        </Card>
      )}
    </section>
  )
}

function whatOf({ kind, fromLine, toLine }: ShareView): string {
  if (kind === 'terminal') return 'Terminal replay'
  return fromLine === null ? 'Log' : `Log, lines ${fromLine}–${toLine ?? 'the end'}`
}
