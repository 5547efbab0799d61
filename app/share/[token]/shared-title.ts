import { bottleName } from '@/app/_lib/bottle-list'
import { rangeText } from '@/app/_lib/log/line-range'
import type { SharedLogView } from '@/server/contract/views'

/** `Log of web-shop-fix`, `Lines 120–140 of the log of …`, `Terminal of …` */
export function sharedTitle(shared: SharedLogView): string {
  const { kind, fromLine, toLine } = shared
  const name = bottleName(shared)
  if (kind === 'terminal') return `Terminal of ${name}`
  if (fromLine === null || toLine === null) return `Log of ${name}`
  return `${rangeText({ from: fromLine, to: toLine })} of the log of ${name}`
}
