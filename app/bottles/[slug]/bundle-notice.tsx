'use client'

import { useMutation } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import { Button } from '@/app/_components/ui/button'
import { toast } from '@/app/_components/ui/toast'
import { messageOf } from '@/app/_lib/error-text'
import { useTRPC } from '@/app/_lib/trpc'
import { visibleText } from '@/app/_lib/visible-text'
import type { BottleSlug } from '@/server/contract/ids'
import { ClosedFrame } from './closed-frame'

/** The bundle does not guard, so nothing goes out: why, and what the operator can do where it does not come back by itself. */
export function BundleDown({ slug, down }: { slug: BottleSlug; down: { again: boolean; why: string } }) {
  const { mutate, isPending } = useMutation(
    useTRPC().network.restartBundle.mutationOptions({
      onError: (error) => toast.error('Egress could not be started again', { description: messageOf(error) }),
    }),
  )
  return (
    <ClosedFrame
      title={down.again ? 'Egress is down and is being started again' : 'Egress is down'}
      action={
        !down.again && (
          <Button size="sm" busy={isPending} onClick={() => mutate({ slug })}>
            Start egress again
          </Button>
        )
      }
    >
      {visibleText(sentence(down.why), 300)}{' '}
      <span className="text-muted">
        Nothing goes out {down.again ? 'meanwhile' : 'until you start it again'}. The agent goes on.
      </span>
    </ClosedFrame>
  )
}

/** What the bottle goes without since a start of the server or of its bundle. */
export function SecretNotices({ notices }: { notices: readonly string[] }) {
  return (
    <ul role="status" aria-label="What is missing" className="space-y-1 border-b px-5 py-2 text-data sm:px-6">
      {notices.map((notice) => (
        <li key={notice} className="flex items-start gap-3 [overflow-wrap:anywhere]">
          <TriangleAlert aria-hidden strokeWidth={1.75} className="mt-0.5 size-4 shrink-0 text-needs" />
          {visibleText(notice, 600)}
        </li>
      ))}
    </ul>
  )
}

const sentence = (clause: string): string =>
  `${clause.charAt(0).toUpperCase()}${clause.slice(1)}${/[.!?]$/.test(clause) ? '' : '.'}`
