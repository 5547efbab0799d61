import { PlanSkeleton } from '../_components/launch/plan-skeleton'

export default function Loading() {
  return <PlanSkeleton />
}
