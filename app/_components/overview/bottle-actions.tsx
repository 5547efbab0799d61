'use client'

import {
  Ellipsis,
  Network,
  ScrollText,
  Share2,
  Snowflake,
  Square,
  SquareTerminal,
  StepForward,
  Trash2,
  Unplug,
} from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useFreeze } from '@/app/_components/use-freeze'
import { bottleName } from '@/app/_lib/bottle-list'
import type { BottleView } from '@/server/contract/views.ts'
import { IconButton, iconButtonStyle } from '../ui/icon-button'
import { Menu, MenuItem, MenuSeparator } from '../ui/menu'
import { Tooltip } from '../ui/tooltip'
import { useBottleEnding } from '../use-bottle-ending'
import { useBottleFreeze } from '../use-bottle-freeze'
import { useBottleResume } from '../use-bottle-resume'

/** On a wide page shown over the right end of a row while it is pointed at or focused; on a phone a menu. */
export function BottleActions({ bottle }: { bottle: BottleView }) {
  const router = useRouter()
  const { ending, ask, dialog } = useBottleEnding(bottle)
  const { slug } = bottle
  const freeze = useFreeze()
  const keep = useBottleFreeze(bottle)
  const resume = useBottleResume(bottle)
  const frozen = bottle.egress?.frozen ?? false
  const freezeWords = frozen ? 'Open egress' : 'Close egress'
  const toggleFreeze = () => freeze.ask(bottle, !frozen)
  const EndIcon = ending?.act === 'remove' ? Trash2 : Square

  return (
    <>
      <div className="pointer-events-none absolute inset-y-0 right-0 flex items-center gap-0.5 bg-linear-to-r from-transparent via-24% via-hover to-hover pr-3 pl-16 opacity-0 transition-opacity group-hover/row:opacity-100 group-has-focus-visible/row:opacity-100 max-sm:hidden [&>*]:pointer-events-auto">
        <ActionLink href={`/bottles/${slug}`} label="Open" icon={<SquareTerminal />} />
        <ActionLink href={`/bottles/${slug}/logs`} label="Log" icon={<ScrollText />} />
        <ActionLink href={`/bottles/${slug}/network`} label="Network" icon={<Network />} />
        <ActionLink href={`/bottles/${slug}?share=log`} label="Share" icon={<Share2 />} />
        {keep.offered && (
          <IconButton
            label={keep.reason ?? `Freeze ${bottleName(bottle)}`}
            disabled={keep.busy}
            aria-disabled={keep.reason !== null || undefined}
            onClick={() => keep.reason === null && keep.ask()}
            className={keep.reason === null ? undefined : 'opacity-50'}
          >
            <Snowflake />
          </IconButton>
        )}
        {resume.offered && (
          <IconButton label={`Resume ${bottleName(bottle)}`} onClick={resume.go}>
            <StepForward />
          </IconButton>
        )}
        {bottle.egress && (
          <IconButton label={freezeWords} disabled={freeze.busy} onClick={toggleFreeze} aria-pressed={frozen}>
            <Unplug />
          </IconButton>
        )}
        {ending && (
          <IconButton label={ending.confirm} onClick={ask} className="hover:text-failed">
            <EndIcon />
          </IconButton>
        )}
      </div>
      <div className="absolute top-0 right-1 sm:hidden">
        <Menu
          trigger={
            <button
              type="button"
              aria-label={`Actions of ${bottleName(bottle)}`}
              className={`${iconButtonStyle()} size-11`}
            >
              <Ellipsis />
            </button>
          }
        >
          <MenuItem onClick={() => router.push(`/bottles/${slug}`)}>
            <SquareTerminal />
            Open
          </MenuItem>
          <MenuItem onClick={() => router.push(`/bottles/${slug}/logs`)}>
            <ScrollText />
            Log
          </MenuItem>
          <MenuItem onClick={() => router.push(`/bottles/${slug}/network`)}>
            <Network />
            Network
          </MenuItem>
          <MenuItem onClick={() => router.push(`/bottles/${slug}?share=log`)}>
            <Share2 />
            Share
          </MenuItem>
          {keep.offered && (
            <MenuItem onClick={keep.ask} disabled={keep.busy || keep.reason !== null}>
              <Snowflake />
              <span>
                Freeze the bottle
                {keep.reason && <span className="block text-caption">{keep.reason}</span>}
              </span>
            </MenuItem>
          )}
          {resume.offered && (
            <MenuItem onClick={resume.go}>
              <StepForward />
              Resume
            </MenuItem>
          )}
          {bottle.egress && (
            <MenuItem onClick={toggleFreeze}>
              <Unplug />
              {freezeWords}
            </MenuItem>
          )}
          {ending && (
            <>
              <MenuSeparator />
              <MenuItem danger onClick={ask}>
                <EndIcon />
                {ending.verb}
              </MenuItem>
            </>
          )}
        </Menu>
      </div>
      {dialog}
      {keep.dialog}
      {resume.dialog}
    </>
  )
}

function ActionLink({ href, label, icon }: { href: string; label: string; icon: React.ReactNode }) {
  return (
    <Tooltip text={label}>
      <Link href={href} prefetch={false} aria-label={label} className={iconButtonStyle()}>
        {icon}
      </Link>
    </Tooltip>
  )
}
