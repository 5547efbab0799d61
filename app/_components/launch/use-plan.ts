'use client'

import type { inferRouterInputs } from '@trpc/server'
import { useCallback, useEffect, useRef, useState } from 'react'
import { type AppFailure, failureOf } from '@/app/_lib/app-failure'
import { useTRPCClient } from '@/app/_lib/trpc'
import type { PlanResolution } from '@/server/contract/plan.ts'
import type { AppRouter } from '@/server/trpc/router'

export type LaunchInput = inferRouterInputs<AppRouter>['plans']['resolve']

export interface PlanState {
  /** The last plan that could be resolved; stays while the next one is on its way. */
  resolution: PlanResolution | null
  /** Why the options as they stand give no plan. */
  failure: AppFailure | null
}

const DEBOUNCE_MS = 180

/** Resolves whenever the choice changes. `current` is false while what is shown does not belong to the choice yet. */
export function usePlan(choice: LaunchInput, first: PlanState) {
  const client = useTRPCClient()
  const [state, setState] = useState(first)
  const [current, setCurrent] = useState(true)
  const text = JSON.stringify(choice)
  const resolved = useRef(text)
  const flight = useRef<AbortController | null>(null)

  const resolve = useCallback(
    async (choiceText: string) => {
      flight.current?.abort()
      flight.current = new AbortController()
      const { signal } = flight.current
      setCurrent(false)
      let next: (state: PlanState) => PlanState
      try {
        const resolution = await client.plans.resolve.mutate(JSON.parse(choiceText) as LaunchInput, { signal })
        next = () => ({ resolution, failure: null })
      } catch (error) {
        next = ({ resolution }) => ({ resolution, failure: failureOf(error) })
      }
      if (signal.aborted) return
      resolved.current = choiceText
      setState(next)
      setCurrent(true)
    },
    [client],
  )

  useEffect(() => {
    if (text === resolved.current) return
    setCurrent(false)
    const timer = setTimeout(() => resolve(text), DEBOUNCE_MS)
    return () => clearTimeout(timer)
  }, [text, resolve])
  useEffect(() => () => flight.current?.abort(), [])

  return { ...state, current, resolveAgain: () => resolve(text) }
}
