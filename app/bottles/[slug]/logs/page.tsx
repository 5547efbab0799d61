import { BottleLog } from '@/app/_components/log/bottle-log'
import { bottleOf } from '../bottle-of'
import { logOf } from '../log-of'

/** One page of lines; the browser asks for others as they come into view. */
const LINES = 500

export default async function LogsPage({ params }: { params: Promise<{ slug: string }> }) {
  const { shells: _, plan: __, ...bottle } = await bottleOf((await params).slug)
  return <BottleLog bottle={bottle} {...(await logOf(bottle.slug, LINES))} />
}
