'use client'

import { useEffect, useRef } from 'react'
import type { AppFailure } from '@/app/_lib/app-failure'
import { ChangesList } from '../plan/changes-list'
import { Card } from '../ui/card'
import { PlanFailure } from './plan-failure'

/** Comes into sight by itself: the operator may have been at the other end of the document. */
export function Refusal({ failure }: { failure: AppFailure }) {
  const top = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // In newer browsers this returns a promise, which React would take for a clean-up.
    top.current?.scrollIntoView({ block: 'start' })
  }, [])
  return (
    <div ref={top} className="scroll-mt-4 space-y-2">
      <PlanFailure failure={failure} title="Nothing was launched" />
      {failure.changes.length > 0 && (
        <Card className="border-0">
          <ChangesList changes={failure.changes} />
        </Card>
      )}
    </div>
  )
}
