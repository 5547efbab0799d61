import { expect, test } from 'vitest'
import { FlowControl } from './flow-control.ts'

function flowing() {
  const calls: string[] = []
  const source = { pause: () => calls.push('pause'), resume: () => calls.push('resume') }
  const marks = { writer: { high: 100, low: 20 }, screen: { high: 1000, low: 500 } }
  return { calls, flow: new FlowControl(source, marks) }
}

test('pauses above the high mark and goes on below the low one, once each', () => {
  const { calls, flow } = flowing()
  for (const level of [50, 101, 150, 60, 20, 19, 5]) flow.set('writer', level)
  expect(calls).toEqual(['pause', 'resume'])
})

test('goes on only when every gauge has caught up', () => {
  const { calls, flow } = flowing()
  flow.set('writer', 200)
  flow.set('screen', 2000)
  flow.set('writer', 0)
  expect(calls).toEqual(['pause'])
  expect([flow.paused, flow.isOver('writer'), flow.isOver('screen')]).toEqual([true, false, true])
  flow.set('screen', 0)
  expect(calls).toEqual(['pause', 'resume'])
})
