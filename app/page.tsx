import type { Metadata } from 'next'
import { PageBody } from './_components/frame/page-body'
import { Overview } from './_components/overview/overview'
import { api } from './_lib/api'

export const metadata: Metadata = { title: { absolute: 'Bottles · bot-bottle' } }

/** The list is in the first HTML; from then on the tab's stream keeps it true. */
export default async function BottlesPage() {
  const [bottles, manifests] = await Promise.all([api().bottles.list(), api().manifests.list({})])
  return (
    <PageBody>
      <Overview initial={bottles} homeIsEmpty={manifests.empty} home={manifests.home} />
    </PageBody>
  )
}
