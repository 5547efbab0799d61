import type { Metadata } from 'next'
import { PageBody } from '../_components/frame/page-body'
import { Doctor } from '../_components/system/doctor'
import { Leftovers } from '../_components/system/leftovers'
import { Shares } from '../_components/system/shares'
import { api } from '../_lib/api'

export const metadata: Metadata = { title: 'System' }

/** What is installed, what is missing and how to fix it; what is left over; what is shared. */
export default async function SystemPage() {
  const procedures = api()
  const [report, leftovers, shares] = await Promise.all([
    procedures.system.doctor({}),
    // The engine may be away; the doctor says so above, and the table offers to try again.
    procedures.system.leftovers().catch(() => null),
    procedures.shares.list({}),
  ])
  return (
    <PageBody>
      <Doctor initial={report} />
      <Leftovers initial={leftovers} />
      <Shares initial={shares} />
    </PageBody>
  )
}
