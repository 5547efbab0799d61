'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf } from '@/app/_lib/error-text'
import { count, formatBytes } from '@/app/_lib/format'
import { useTRPC } from '@/app/_lib/trpc'
import type { CleanResult, Leftover } from '@/server/contract/views.ts'
import { AlertDialog } from '../ui/alert-dialog'
import { Button } from '../ui/button'
import { Bytes } from '../ui/bytes'
import { Card } from '../ui/card'
import { Checkbox } from '../ui/checkbox'
import { ErrorCard } from '../ui/error-card'
import { RelativeTime } from '../ui/relative-time'
import { Table, Td, Th } from '../ui/table'
import { toast } from '../ui/toast'

/** What is ours and belongs to no bottle. Cleaning is tried dry first; the dialog shows what that found. */
export function Leftovers({ initial }: { initial: Leftover[] | null }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const options = trpc.system.leftovers.queryOptions()
  const { data, error, refetch } = useQuery({
    ...options,
    ...(initial ? { initialData: initial } : {}),
    staleTime: 10_000,
  })
  const [unchosen, setUnchosen] = useState<ReadonlySet<string>>(new Set())
  const [trial, setTrial] = useState<CleanResult | null>(null)
  const clean = useMutation(trpc.system.clean.mutationOptions())

  const found = data ?? []
  const chosen = found.filter((leftover) => !unchosen.has(leftover.id))
  const ids = chosen.map((leftover) => leftover.id)
  const names = new Map(found.map((leftover) => [leftover.id, leftover.name]))
  const choose = (id: string, on: boolean) => {
    const next = new Set(unchosen)
    if (on) next.delete(id)
    else next.add(id)
    setUnchosen(next)
  }

  const tryDry = async () => {
    try {
      setTrial(await clean.mutateAsync({ ids, dryRun: true }))
    } catch (problem) {
      toast.error('The dry run did not come through', { description: messageOf(problem) })
    }
  }
  const act = async () => {
    const result = await clean.mutateAsync({ ids, dryRun: false })
    await queries.invalidateQueries({ queryKey: options.queryKey })
    if (result.failed.length > 0) {
      throw new Error(
        `${count(result.removed.length, 'item')} removed. Still there: ${result.failed.map((each) => `${names.get(each.id) ?? each.id} (${each.message})`).join('; ')}`,
      )
    }
    toast(`${count(result.removed.length, 'item')} removed`, { description: `${formatBytes(result.bytes)} set free.` })
  }

  return (
    <section className="mt-10" aria-label="Leftovers">
      <header className="mb-2 flex min-h-8 flex-wrap items-center gap-3">
        <h2 className="text-body">Leftovers</h2>
        <p className="min-w-0 flex-1 text-data text-muted">
          {found.length === 0
            ? 'What is ours and belongs to no bottle'
            : `${count(found.length, 'thing')} that no bottle accounts for`}
        </p>
        {found.length > 0 && (
          <Button size="sm" busy={clean.isPending} disabled={ids.length === 0} onClick={tryDry}>
            Clean {ids.length === found.length ? 'all' : ids.length}
          </Button>
        )}
      </header>
      {error && !data ? (
        <ErrorCard
          title="Leftovers could not be listed"
          meaning={messageOf(error)}
          action={<Button onClick={() => refetch()}>Try again</Button>}
        />
      ) : found.length === 0 ? (
        <p className="rounded-card border border-dashed px-4 py-6 text-center text-data text-muted">
          {data ? 'Nothing is left over.' : 'Looking.'}
        </p>
      ) : (
        <Card className="overflow-hidden">
          <Table>
            <thead>
              <tr>
                <Th className="w-10">
                  <Checkbox
                    aria-label="All of them"
                    checked={ids.length === found.length}
                    indeterminate={ids.length > 0 && ids.length < found.length}
                    onCheckedChange={(on) =>
                      setUnchosen(on ? new Set() : new Set(found.map((leftover) => leftover.id)))
                    }
                  />
                </Th>
                <Th>What</Th>
                <Th className="max-sm:hidden">Why it is here</Th>
                <Th className="text-right max-sm:hidden">Age</Th>
                <Th className="text-right">Size</Th>
              </tr>
            </thead>
            <tbody>
              {found.map((leftover) => (
                <tr key={leftover.id}>
                  <Td>
                    <Checkbox
                      aria-label={leftover.name}
                      checked={!unchosen.has(leftover.id)}
                      onCheckedChange={(on) => choose(leftover.id, on)}
                    />
                  </Td>
                  <Td className="py-2">
                    <span className="machine block text-caption [overflow-wrap:anywhere]">{leftover.name}</span>
                    <span className="text-caption text-dim">{leftover.kind}</span>
                    <span className="text-caption text-muted sm:hidden"> · {leftover.why}</span>
                  </Td>
                  <Td className="py-2 text-muted max-sm:hidden">{leftover.why}</Td>
                  <Td className="whitespace-nowrap text-right text-muted max-sm:hidden">
                    {leftover.createdAt === null ? '–' : <RelativeTime at={leftover.createdAt} />}
                  </Td>
                  <Td className="whitespace-nowrap text-right">
                    <Bytes value={leftover.bytes} />
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
        </Card>
      )}
      <AlertDialog
        open={trial !== null}
        onOpenChange={(open) => !open && setTrial(null)}
        title={`Remove ${count(trial?.removed.length ?? 0, 'leftover')}?`}
        consequence={trial && <TrialResult trial={trial} names={names} />}
        confirm={`Remove ${count(trial?.removed.length ?? 0, 'leftover')}`}
        cancel="Keep them"
        onConfirm={act}
      />
    </section>
  )
}

/** What the dry run says would happen, by name. */
function TrialResult({ trial, names }: { trial: CleanResult; names: ReadonlyMap<string, string> }) {
  return (
    <>
      <p>A dry run would remove these and set {formatBytes(trial.bytes)} free. They cannot be brought back.</p>
      <ul className="machine mt-2 max-h-48 overflow-y-auto rounded-control bg-sunken px-3 py-2 text-caption text-ink">
        {trial.removed.map((id) => (
          <li key={id} className="[overflow-wrap:anywhere]">
            {names.get(id) ?? id}
          </li>
        ))}
      </ul>
      {trial.failed.length > 0 && (
        <p className="mt-2 text-failed">
          These would stay:{' '}
          {trial.failed.map((each) => `${names.get(each.id) ?? each.id} (${each.message})`).join('; ')}
        </p>
      )}
    </>
  )
}
