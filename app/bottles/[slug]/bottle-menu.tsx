'use client'

import { Download, Ellipsis, Share2, Snowflake, SquareTerminal, StepForward, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { AlertDialog } from '@/app/_components/ui/alert-dialog'
import { IconButton } from '@/app/_components/ui/icon-button'
import { Menu, MenuItem, MenuSeparator } from '@/app/_components/ui/menu'
import { useBottleFreeze } from '@/app/_components/use-bottle-freeze'
import { useBottleResume } from '@/app/_components/use-bottle-resume'
import { bottleName } from '@/app/_lib/bottle-list'
import { useTRPCClient } from '@/app/_lib/trpc'
import { FINAL_STATES } from '@/server/contract/events'
import type { BottleView } from '@/server/contract/views'
import { useOpenShell } from './use-open-shell'

/** What is done less often. */
export function BottleMenu({ bottle, onShare }: { bottle: BottleView; onShare: () => void }) {
  const router = useRouter()
  const client = useTRPCClient()
  const openShell = useOpenShell(bottle.slug)
  const [removing, setRemoving] = useState(false)
  const freeze = useBottleFreeze(bottle)
  const resume = useBottleResume(bottle)
  const { slug, state } = bottle
  const running = state === 'running' || state === 'idle' || state === 'needs-you'
  const name = bottleName(bottle)
  return (
    <>
      <Menu
        trigger={
          <IconButton label="More" tip={false}>
            <Ellipsis />
          </IconButton>
        }
      >
        <MenuItem onClick={onShare} className="sm:hidden">
          <Share2 />
          Share
        </MenuItem>
        {freeze.offered && (
          <MenuItem
            onClick={freeze.ask}
            disabled={freeze.busy || freeze.reason !== null}
            title={freeze.reason ?? undefined}
            className="sm:hidden"
          >
            <Snowflake />
            <span>
              Freeze the bottle
              {freeze.reason && <span className="block text-caption">{freeze.reason}</span>}
            </span>
          </MenuItem>
        )}
        {resume.offered && (
          <MenuItem onClick={resume.go} className="sm:hidden">
            <StepForward />
            Resume
          </MenuItem>
        )}
        <MenuItem disabled={!running} onClick={() => openShell()}>
          <SquareTerminal />
          Open a shell beside the agent
        </MenuItem>
        <MenuItem
          render={<a href={`/api/bottles/${slug}/log.txt?download=1`} download aria-label="Download the log" />}
        >
          <Download />
          Download the log
        </MenuItem>
        <MenuSeparator />
        <MenuItem danger disabled={!FINAL_STATES.includes(state)} onClick={() => setRemoving(true)}>
          <Trash2 />
          Remove the record
        </MenuItem>
      </Menu>
      {freeze.dialog}
      {resume.dialog}
      <AlertDialog
        open={removing}
        onOpenChange={setRemoving}
        title={`Remove ${name}?`}
        consequence="Its log, its recording and its links are deleted, what was frozen of it, and anything that it left behind."
        confirm={`Remove ${name}`}
        cancel="Keep it"
        onConfirm={async () => {
          await client.bottles.remove.mutate({ slug })
          router.push('/')
        }}
      />
    </>
  )
}
