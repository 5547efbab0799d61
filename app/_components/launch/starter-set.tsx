'use client'

import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { messageOf } from '@/app/_lib/error-text'
import { useTRPC } from '@/app/_lib/trpc'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { ErrorCard } from '../ui/error-card'

/** An empty home: one button writes something to begin with. */
export function StarterSet({ home }: { home: string }) {
  const router = useRouter()
  const starter = useMutation(useTRPC().manifests.writeStarter.mutationOptions({ onSuccess: () => router.refresh() }))
  return (
    <>
      <EmptyState
        title="There are no agents yet"
        hint={
          <>
            The starter set adds a shell, Claude Code and Codex with their bottles, as small files under{' '}
            <span className="machine">{home}</span> that are yours to change.
          </>
        }
        action={
          <Button variant="primary" busy={starter.isPending} onClick={() => starter.mutate()}>
            Write the starter set
          </Button>
        }
      />
      {starter.isError && <ErrorCard title="The starter set could not be written" meaning={messageOf(starter.error)} />}
    </>
  )
}
