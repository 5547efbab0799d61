import { expect, test } from 'vitest'
import type { Sha256 } from '../contract/ids.ts'
import { samplePlan } from '../testing/sample-plan.ts'
import { PendingPlans } from './pending-plans.ts'

const pending = () => ({ choice: { agent: 'shell' }, plan: samplePlan(), digest: 'd' as Sha256 })

test('a plan can be taken once, and again after it was put back', () => {
  const plans = new PendingPlans()
  const one = pending()
  plans.add(one)
  expect(plans.take(one.plan.id)).toMatchObject(one)
  expect(plans.take(one.plan.id)).toBeNull()
  plans.putBack(one)
  expect(plans.take(one.plan.id)).toMatchObject(one)
})

test('a plan is known for an hour after it was shown', () => {
  let now = 0
  const plans = new PendingPlans(() => now)
  const [one, two] = [pending(), pending()]
  plans.add(one)
  plans.add(two)
  now = 59 * 60_000
  expect(plans.take(one.plan.id)).not.toBeNull()
  now = 60 * 60_000
  expect(plans.take(two.plan.id)).toBeNull()
})

test('only the latest 200 are known', () => {
  const plans = new PendingPlans()
  const all = Array.from({ length: 201 }, pending)
  for (const each of all) plans.add(each)
  expect(plans.take(all[0]!.plan.id)).toBeNull()
  expect(plans.take(all[1]!.plan.id)).not.toBeNull()
  expect(plans.take(all[200]!.plan.id)).not.toBeNull()
})
