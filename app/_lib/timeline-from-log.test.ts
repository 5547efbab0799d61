import { describe, expect, it } from 'vitest'
import type { BottleEvent } from '@/server/contract/events'
import type { EventSeq } from '@/server/contract/ids'
import type { LogLine, LogMark } from '@/server/contract/views'
import { timeline } from './timeline'
import { timelineFromLog } from './timeline-from-log'

const mark = (beforeLine: number, event: BottleEvent): LogMark => ({ beforeLine, at: 5, event }) as LogMark
const line = (n: number): LogLine => ({ n, at: 5, step: 'agent image', stream: 'stdout', text: `line ${n}` })

const marks = [
  mark(1, { type: 'state', state: 'launching', evidence: 'confirmed' }),
  mark(1, { type: 'step-started', step: 'base image' }),
  mark(1, { type: 'step-done', step: 'base image', durationMs: 10, note: 'cached' }),
  mark(1, { type: 'step-started', step: 'networks' }),
  mark(101, { type: 'step-done', step: 'networks', durationMs: 7 }),
  mark(101, { type: 'step-started', step: 'agent' }),
]

describe('timelineFromLog', () => {
  const state = timelineFromLog(
    ['base image', 'networks', 'agent', 'start agent'],
    { total: 1000, marks, lastSeq: 99 as EventSeq },
    { lines: Array.from({ length: 500 }, (_, i) => line(501 + i)) },
  )

  it('knows of every step where its lines are, also without having them', () => {
    expect(state.steps.map(({ name, state, firstLine, lastLine }) => [name, state, firstLine, lastLine])).toEqual([
      ['base image', 'done', null, null],
      ['networks', 'done', 1, 100],
      ['agent', 'running', 101, 1000],
      ['start agent', 'waiting', null, null],
    ])
  })

  it('shows the last lines of the step that runs', () => {
    const { tail } = state.steps[2]!
    expect(tail).toHaveLength(200)
    expect(tail.at(-1)?.text).toBe('line 1000')
    expect(state.steps[1]!.tail).toEqual([])
  })

  it('goes on with live events', () => {
    const next = timeline(state, {
      at: 6,
      firstLine: 1001,
      event: { type: 'output', step: 'agent', stream: 'stdout', text: 'more\n' },
    })
    expect(next.steps[2]).toMatchObject({ firstLine: 101, lastLine: 1001 })
  })
})
