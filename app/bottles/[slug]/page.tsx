import { api } from '@/app/_lib/api'
import { withChecks } from '@/app/_lib/timeline'
import { timelineFromLog } from '@/app/_lib/timeline-from-log'
import { LAUNCH_STEPS } from '@/server/contract/launch-steps'
import { bottleOf } from './bottle-of'
import { BottleScreen } from './bottle-screen'
import { logOf } from './log-of'

/** Enough to show what the running or failed step said. */
const LINES = 300

export default async function BottlePage({ params }: { params: Promise<{ slug: string }> }) {
  const { plan, ...bottle } = await bottleOf((await params).slug)
  const { outline, page } = await logOf(bottle.slug, LINES)
  const expected = bottle.state === 'launching' ? LAUNCH_STEPS[plan.backend] : []
  const launched = timelineFromLog(expected, outline, page)
  // What the log does not hold: the checks before the start, while there has been none or because there never was one.
  const boundary = bottle.startedAt === null ? await api().network.boundary({ slug: bottle.slug }) : null
  const timeline = boundary ? withChecks(launched, boundary.checks) : launched
  // A resume goes through all of them again, also under a page that stays open.
  const again = { ...timeline, expected: LAUNCH_STEPS[plan.backend] }
  return <BottleScreen bottle={bottle} timeline={again} lastSeq={outline.lastSeq} />
}
