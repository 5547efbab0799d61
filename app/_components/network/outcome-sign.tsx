import { Ban, Check, Scissors } from 'lucide-react'
import { cn } from '@/app/_lib/cn'
import { type Outcome, outcomeTone, outcomeWord } from '@/app/_lib/network/request-words'
import { toneText } from '../ui/status-shape'

const icons = { allowed: Check, refused: Ban, redacted: Scissors } as const

/** What became of a request: shape, word, colour. */
export function OutcomeSign({ outcome, wordHidden = false }: { outcome: Outcome; wordHidden?: boolean }) {
  const Icon = icons[outcome]
  return (
    <span className={cn('flex items-center gap-1.5', toneText[outcomeTone[outcome]])}>
      <Icon aria-hidden className="size-3.5 shrink-0" strokeWidth={outcome === 'allowed' ? 1.75 : 2.25} />
      <span className={cn(outcome !== 'allowed' && 'font-medium', wordHidden && 'sr-only')}>
        {outcomeWord[outcome]}
      </span>
    </span>
  )
}
