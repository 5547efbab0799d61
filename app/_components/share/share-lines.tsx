'use client'

import { Share2 } from 'lucide-react'
import { bottleName } from '@/app/_lib/bottle-list'
import type { LineRange } from '@/app/_lib/log/line-range'
import type { BottleView } from '@/server/contract/views'
import { Button } from '../ui/button'
import { ShareDialog } from './share-dialog'

/** Beside chosen lines of a log: a link for somebody else to just these. */
export function ShareLines({ bottle, range }: { bottle: BottleView; range: LineRange }) {
  return (
    <ShareDialog
      slug={bottle.slug}
      name={bottleName(bottle)}
      range={range}
      trigger={
        <Button variant="ghost" size="sm">
          <Share2 /> Share
        </Button>
      }
    />
  )
}
