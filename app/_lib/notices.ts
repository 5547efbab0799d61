import type { BottleView } from '@/server/contract/views.ts'
import { bottleName } from './bottle-list'
import { isEgressClosed, type StatusShapeName, statusLine, statusOf } from './bottle-status'
import { plainLine } from './format'

export interface Notice {
  slug: string
  /** The same event has the same tag in every tab. */
  tag: string
  title: string
  body: string
  shape: StatusShapeName
}

const WORTH_TELLING: readonly BottleView['state'][] = ['needs-you', 'exited', 'failed']

/** What to tell the desktop, and which bottles' notices no longer hold, when the list changed. Nothing at first sight. */
export function noticesOf(
  before: readonly BottleView[] | null,
  now: readonly BottleView[],
): { raise: Notice[]; withdraw: string[] } {
  const old = new Map(before?.map((bottle) => [bottle.slug, bottle]))
  const changed = now.filter((bottle) => {
    const was = old.get(bottle.slug)
    return (
      was &&
      (was.state !== bottle.state ||
        was.stateSince !== bottle.stateSince ||
        isEgressClosed(was) !== isEgressClosed(bottle))
    )
  })
  const present = new Set(now.map((bottle) => bottle.slug))
  return {
    raise: changed
      .filter(
        (bottle) =>
          WORTH_TELLING.includes(bottle.state) || (isEgressClosed(bottle) && !isEgressClosed(old.get(bottle.slug)!)),
      )
      .map((bottle) => {
        const status = statusOf(bottle, bottle.stateSince)
        return {
          slug: bottle.slug,
          tag: `${bottle.slug}/${isEgressClosed(bottle) ? 'boundary' : bottle.state}/${bottle.stateSince}`,
          title: bottleName(bottle),
          body: plainLine(statusLine(status)),
          shape: status.shape,
        }
      }),
    withdraw: [...changed.map((bottle) => bottle.slug), ...[...old.keys()].filter((slug) => !present.has(slug))],
  }
}
