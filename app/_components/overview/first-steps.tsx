'use client'

import { useMutation } from '@tanstack/react-query'
import Link from 'next/link'
import { messageOf } from '@/app/_lib/error-text'
import { useTRPC } from '@/app/_lib/trpc'
import { Mark } from '../frame/mark'
import { Button, buttonStyle } from '../ui/button'
import { ErrorCard } from '../ui/error-card'

const STEPS = [
  ['Pick an agent', 'A Markdown file says which bottle it runs in, with which skills and which prompt.'],
  ['Review the plan', 'Image, command, secrets and every host it may reach, before anything is built or started.'],
  ['Work with it', 'Watch the build, then use the agent in a terminal here. Closing the page does not stop it.'],
] as const

/** Nothing runs yet: one sentence, one button, the three steps of the journey. */
export function FirstSteps({
  homeIsEmpty,
  home,
  onReady,
}: {
  homeIsEmpty: boolean
  home: string
  onReady: () => void
}) {
  const starter = useMutation(useTRPC().manifests.writeStarter.mutationOptions({ onSuccess: onReady }))
  return (
    <div className="flex flex-col items-center px-2 pt-[min(10dvh,96px)] pb-12">
      <Mark className="size-11 text-accent" />
      <h2 className="mt-4 text-center text-title">Nothing is running</h2>
      <p className="mt-1.5 max-w-[52ch] text-center text-muted">
        {homeIsEmpty
          ? 'There are no agents yet either. The starter set adds a shell, Claude Code and Codex, each with its bottle.'
          : 'Launch an agent in a bottle that it cannot change, and see all of it here.'}
      </p>
      <div className="mt-5">
        {homeIsEmpty ? (
          <Button
            variant="primary"
            busy={starter.isPending || starter.isSuccess}
            onClick={() => starter.mutate()}
            className="h-9 px-4"
          >
            Write the starter set
          </Button>
        ) : (
          <Link href="/launch" className={buttonStyle({ variant: 'primary', className: 'h-9 px-4' })}>
            Launch an agent
          </Link>
        )}
      </div>
      {homeIsEmpty && (
        <p className="mt-3 text-center text-caption text-dim">
          Six small files in <span className="machine">{home}</span>
        </p>
      )}
      {starter.isError && (
        <ErrorCard
          className="mt-5 w-full max-w-[560px]"
          title="The starter set could not be written"
          meaning={messageOf(starter.error)}
        />
      )}
      <ol className="mt-12 grid w-full max-w-[860px] grid-cols-3 gap-8 border-t pt-8 max-sm:grid-cols-1 max-sm:gap-5">
        {STEPS.map(([title, text], n) => (
          <li key={title} className="flex gap-3">
            <span className="flex size-6 shrink-0 items-center justify-center rounded-full border border-line-strong font-medium text-caption text-muted">
              {n + 1}
            </span>
            <span>
              <span className="block font-medium leading-6">{title}</span>
              <span className="mt-0.5 block text-data text-muted">{text}</span>
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}
