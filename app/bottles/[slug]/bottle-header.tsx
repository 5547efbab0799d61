'use client'

import { Share2, Square, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { Button } from '@/app/_components/ui/button'
import { RelativeTime } from '@/app/_components/ui/relative-time'
import { StatusShape, toneText } from '@/app/_components/ui/status-shape'
import { useBottleEnding } from '@/app/_components/use-bottle-ending'
import { plainText } from '@/app/_lib/ansi'
import { bottleName } from '@/app/_lib/bottle-list'
import { statusLine, statusOf } from '@/app/_lib/bottle-status'
import { cn } from '@/app/_lib/cn'
import { useNow } from '@/app/_lib/now'
import type { BottleView } from '@/server/contract/views'
import { BottleLifeLine } from './bottle-life-line'
import { BottleMenu } from './bottle-menu'
import { EgressButton } from './egress-button'
import { FreezeButton } from './freeze-button'
import { FrozenLine } from './frozen-line'
import { ResumeButton } from './resume-button'
import { useShareDialog } from './use-share-dialog'

/** Who this is and in what state, in one line; what it uses, in a second. */
export function BottleHeader({ bottle }: { bottle: BottleView }) {
  const router = useRouter()
  const status = statusOf(bottle, useNow())
  const share = useShareDialog(bottle)
  const { ending, ask, dialog } = useBottleEnding(bottle, () => router.push('/'))
  const EndIcon = ending?.act === 'remove' ? Trash2 : Square
  const runtime = bottle.backend === 'docker' ? `docker/${bottle.runtime}` : 'microVM'
  const name = bottleName(bottle)
  const about = (
    <>
      {[bottle.agent, bottle.provider, runtime].map(plainText).join(' · ')} · <RelativeTime at={bottle.createdAt} />
    </>
  )
  return (
    <header className="relative px-5 pt-3 pb-2 sm:px-6">
      {bottle.color && (
        <span
          aria-hidden
          className="absolute top-3 bottom-2 left-0 w-[3px] rounded-r-full"
          style={{ background: `var(--label-${bottle.color})` }}
        />
      )}
      <div className="flex items-center gap-x-3">
        <h1 className="flex min-w-0 items-center gap-2 text-title max-sm:flex-1" title={name}>
          <StatusShape status={status} />
          {/* On a phone the buttons leave half a line. */}
          <span className="truncate max-sm:line-clamp-2 max-sm:whitespace-normal max-sm:[overflow-wrap:anywhere]">
            {name}
          </span>
        </h1>
        <p className="min-w-0 flex-1 translate-y-px truncate text-data text-muted max-sm:hidden">{about}</p>
        <div className="flex shrink-0 items-center gap-2">
          <FreezeButton bottle={bottle} />
          <EgressButton bottle={bottle} />
          <ResumeButton bottle={bottle} className="max-sm:hidden" />
          <Button onClick={share.open} className="max-sm:hidden">
            <Share2 /> Share
          </Button>
          <BottleMenu bottle={bottle} onShare={share.open} />
          {ending && (
            <Button
              variant={ending.act === 'remove' ? 'secondary' : 'danger-quiet'}
              onClick={ask}
              title={ending.confirm}
            >
              <EndIcon /> {ending.act === 'cancel' ? 'Cancel' : ending.verb}
            </Button>
          )}
        </div>
      </div>
      <p className="min-w-0 truncate text-data text-muted sm:hidden">{about}</p>
      <p className="mt-1 flex min-h-5 min-w-0 flex-wrap items-center gap-x-4 gap-y-0.5 text-data">
        <span className="min-w-0 max-w-full truncate" suppressHydrationWarning>
          <span className={cn('font-medium', toneText[status.tone])}>{status.word}</span>
          <span className="text-muted" suppressHydrationWarning>
            {plainText(statusLine(status)).slice(status.word.length)}
          </span>
        </span>
        <BottleLifeLine bottle={bottle} />
        <FrozenLine bottle={bottle} />
      </p>
      {dialog}
      {share.dialog}
    </header>
  )
}
