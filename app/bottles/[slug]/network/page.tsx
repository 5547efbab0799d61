import { NetworkTab } from '@/app/_components/network/network-tab'
import { api, orNotFound } from '@/app/_lib/api'
import { OUTCOMES } from '@/app/_lib/network/request-words'
import { bottleOf } from '../bottle-of'

/** As many as fill a tall window; the browser asks for others as they come into view. */
const FIRST = 100

interface NetworkPageProps {
  params: Promise<{ slug: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function NetworkPage({ params, searchParams }: NetworkPageProps) {
  const { shells: _, plan, lastSeq, ...bottle } = await bottleOf((await params).slug)
  const { slug } = bottle
  const asked = await searchParams
  const host = typeof asked.host === 'string' && asked.host.length <= 253 ? asked.host : ''
  const filter = { outcome: OUTCOMES.find((each) => each === asked.outcome), host: host || undefined }
  const [page, summary, routes] = await Promise.all([
    api()
      .network.page({ slug, limit: FIRST, ...filter })
      .catch(orNotFound),
    api().network.summary({ slug }).catch(orNotFound),
    // A bottle that is not up has none.
    api()
      .routes.get({ slug })
      .catch(() => null),
  ])
  return (
    <NetworkTab
      bottle={bottle}
      plan={plan.egress}
      first={{ page, filter, lastSeq }}
      summary={summary}
      routes={routes}
    />
  )
}
