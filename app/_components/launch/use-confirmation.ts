'use client'

import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type RefObject, useRef, useState } from 'react'
import { type AppFailure, failureOf } from '@/app/_lib/app-failure'
import { useTRPC } from '@/app/_lib/trpc'
import type { PlanResolution } from '@/server/contract/plan.ts'
import { SECRET_FIELD } from '../plan/environment-section'

export interface Confirmation {
  /** Of the form with the fields for secrets. */
  form: RefObject<HTMLFormElement | null>
  /** Why nothing was launched. */
  refused: AppFailure | null
  forget: () => void
  /** The first secret without a value, once a launch was tried. */
  missing: string | null
  busy: boolean
  confirm: () => Promise<void>
}

/**
 * Confirms exactly the plan that is shown, and moves to its bottle.
 * @param resolveAgain shows the plan as it would be now, where the one shown cannot be launched any more
 */
export function useConfirmation(
  resolution: PlanResolution | null,
  blocked: boolean,
  resolveAgain: () => Promise<unknown>,
): Confirmation {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const [refused, setRefused] = useState<AppFailure | null>(null)
  const [missing, setMissing] = useState<string | null>(null)
  const launch = useMutation(useTRPC().bottles.launch.mutationOptions())

  const confirm = async () => {
    if (!resolution || !form.current || blocked || launch.isPending || launch.isSuccess) return
    const empty = form.current.querySelector<HTMLInputElement>('input:invalid')
    setMissing(empty?.getAttribute('aria-label') ?? null)
    if (empty) return empty.focus()
    setRefused(null)
    try {
      const { slug } = await launch.mutateAsync({
        planId: resolution.planId,
        digest: resolution.digest,
        secrets: secretsIn(form.current),
      })
      form.current.reset()
      router.push(`/bottles/${slug}`)
    } catch (error) {
      const why = failureOf(error)
      setRefused(why)
      // The files moved on, or the plan is no longer known: show the plan as it would be now, to be confirmed anew.
      if (why.code === 'CONFLICT' || why.code === 'NOT_FOUND' || why.code === 'PRECONDITION_FAILED')
        await resolveAgain()
    } finally {
      // The mutation keeps what it was called with; a secret must not stay there.
      launch.reset()
    }
  }
  return { form, refused, forget: () => setRefused(null), missing, busy: launch.isPending, confirm }
}

/** Read from the form at the moment of the launch; they are in no state of ours. */
function secretsIn(form: HTMLFormElement): Record<string, string> {
  const secrets: Record<string, string> = {}
  for (const [name, value] of new FormData(form)) {
    if (name.startsWith(SECRET_FIELD) && typeof value === 'string') secrets[name.slice(SECRET_FIELD.length)] = value
  }
  return secrets
}
