'use client'

import { useMutation } from '@tanstack/react-query'
import Link from 'next/link'
import { Button, buttonStyle } from '@/app/_components/ui/button'
import { plainText } from '@/app/_lib/ansi'
import { messageOf } from '@/app/_lib/error-text'
import type { TimelineRelease } from '@/app/_lib/timeline'
import { useTRPC } from '@/app/_lib/trpc'
import type { BottleView } from '@/server/contract/views'

/** What could not be removed, by name, until somebody deals with it. */
export function LeftBehind({ bottle, releases }: { bottle: BottleView; releases: readonly TimelineRelease[] }) {
  const trpc = useTRPC()
  const again = useMutation(trpc.bottles.stop.mutationOptions())
  if (bottle.leftBehind.length === 0) return null
  return (
    <div role="alert" className="mt-3 border-t pt-3 text-data">
      <p className="font-medium">Could not be removed</p>
      <ul className="mt-1 space-y-1">
        {bottle.leftBehind.map((name) => {
          const failure = releases.find((release) => release.name === name)?.failure
          return (
            <li key={name} className="[overflow-wrap:anywhere]">
              <span className="machine">{plainText(name)}</span>
              {failure && <span className="block text-muted">{plainText(failure.message)}</span>}
            </li>
          )
        })}
      </ul>
      {again.error && <p className="mt-2 text-failed">{messageOf(again.error)}</p>}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button size="sm" busy={again.isPending} onClick={() => again.mutate({ slug: bottle.slug })}>
          Try to remove it again
        </Button>
        <Link href="/system" className={buttonStyle({ size: 'sm', variant: 'ghost' })}>
          See what is left over
        </Link>
      </div>
    </div>
  )
}
