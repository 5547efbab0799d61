import { PageBody } from '../_components/frame/page-body'
import { PageHeader } from '../_components/frame/page-header'
import { Card } from '../_components/ui/card'
import { Skeleton } from '../_components/ui/skeleton'

export default function Loading() {
  return (
    <PageBody aria-busy>
      <PageHeader title="System" />
      <Card className="divide-y">
        {['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((row) => (
          <div key={row} className="flex h-12 items-center gap-4 px-4">
            <Skeleton className="size-4 rounded-full" />
            <Skeleton className="h-4 w-32" />
            <Skeleton className="h-4 w-64 max-sm:w-24" />
          </div>
        ))}
      </Card>
    </PageBody>
  )
}
