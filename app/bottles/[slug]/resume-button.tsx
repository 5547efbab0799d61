'use client'

import { StepForward } from 'lucide-react'
import { usePathname } from 'next/navigation'
import { Button, type ButtonProps } from '@/app/_components/ui/button'
import { useBottleResume } from '@/app/_components/use-bottle-resume'
import { bottleName } from '@/app/_lib/bottle-list'
import type { BottleView } from '@/server/contract/views'

/** Leads to the plan by which a bottle that is over runs once more. */
export function ResumeButton({
  bottle,
  ...button
}: { bottle: BottleView } & Pick<ButtonProps, 'variant' | 'className'>) {
  const { offered, go, dialog } = useBottleResume(bottle)
  const there = usePathname().endsWith('/resume')
  if (!offered || there) return null
  return (
    <>
      <Button {...button} onClick={go} disabled={bottle.freezing} aria-label={`Resume ${bottleName(bottle)}`}>
        <StepForward /> Resume
      </Button>
      {dialog}
    </>
  )
}
