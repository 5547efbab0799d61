import type { Metadata } from 'next'
import Link from 'next/link'
import { PageBody } from './_components/frame/page-body'
import { buttonStyle } from './_components/ui/button'
import { EmptyState } from './_components/ui/empty-state'

export const metadata: Metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <PageBody className="pt-12">
      <EmptyState
        className="mx-auto max-w-[640px]"
        title="There is nothing at this address"
        hint="What it showed may have been removed, or the link is incomplete. The overview lists the bottles there are."
        action={
          <Link href="/" className={buttonStyle({ variant: 'primary' })}>
            All bottles
          </Link>
        }
      />
    </PageBody>
  )
}
