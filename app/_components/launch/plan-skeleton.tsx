import { Card } from '../ui/card'
import { Skeleton } from '../ui/skeleton'

/** The place of options and plan while they are read. */
export function PlanSkeleton() {
  return (
    <div aria-busy className="max-w-[760px] space-y-4 pb-12">
      <Card className="h-[248px]" />
      <Card className="space-y-3 p-6">
        <Skeleton className="h-5 w-24" />
        {[70, 45, 60, 80, 52, 66, 40].map((width) => (
          <Skeleton key={width} className="h-4" style={{ width: `${width}%` }} />
        ))}
        <Skeleton className="mt-8 h-5 w-28" />
        {[88, 74, 62].map((width) => (
          <Skeleton key={width} className="h-4" style={{ width: `${width}%` }} />
        ))}
      </Card>
    </div>
  )
}
