import { describe, expect, it } from 'vitest'
import type { BottleEvent, StepName } from '@/server/contract/events'
import { LAUNCH_STEPS } from '@/server/contract/launch-steps'
import { emptyTimeline, stepInFocus, TAIL_LINES, type Timeline, timeline } from './timeline'

const DOCKER: StepName[] = ['base image', 'agent image', 'networks', 'agent', 'workspace', 'provision', 'start agent']

/** Folds events that are a second apart; output lines are numbered as the event log does. */
function fold(events: readonly BottleEvent[], from: Timeline = emptyTimeline(DOCKER)): Timeline {
  let line = 1
  let at = 0
  return events.reduce((state, event) => {
    at += 1000
    const lines = event.type === 'output' && !event.partial ? event.text.split('\n').length - 1 : 0
    const record = { at, event, firstLine: lines > 0 ? line : null }
    line += lines
    return timeline(state, record)
  }, from)
}

const names = (state: Timeline) => state.steps.map((step) => `${step.name}: ${step.state}`)
const step = (state: Timeline, name: StepName) => state.steps.find((each) => each.name === name)!

describe('timeline', () => {
  it('shows the steps to come as waiting', () => {
    expect(names(emptyTimeline(['base image', 'agent']))).toEqual(['base image: waiting', 'agent: waiting'])
  })

  it.each(Object.entries(LAUNCH_STEPS))('on %s keeps every step to come in its place until its turn', (_, steps) => {
    let state = emptyTimeline(steps)
    for (const [n, name] of steps.entries()) {
      state = fold([{ type: 'step-started', step: name }], state)
      expect(state.steps.map((each) => each.name)).toEqual(steps)
      expect(state.steps.findIndex((each) => each.state === 'running')).toBe(n)
      state = fold([{ type: 'step-done', step: name, durationMs: 1 }], state)
    }
  })

  it('begins anew when the bottle is resumed, and keeps nothing of the run before', () => {
    const launching: BottleEvent = { type: 'state', state: 'launching', evidence: '' }
    const over = fold([
      launching,
      { type: 'step-started', step: 'base image' },
      { type: 'step-failed', step: 'base image', message: 'no', hint: '', durationMs: 1 },
      { type: 'release-done', name: 'agent' },
      { type: 'state', state: 'failed', evidence: '' },
    ])
    expect(names(over)).toEqual(['base image: failed'])
    const again = fold([launching, { type: 'step-started', step: 'earlier run' }], over)
    expect(names(again)).toEqual(['earlier run: running', ...DOCKER.map((name) => `${name}: waiting`)])
    expect(again.releases).toEqual([])
  })

  it('is about the launch: a freeze that fails later is not in it', () => {
    const up = fold([
      { type: 'step-started', step: 'start agent' },
      { type: 'step-done', step: 'start agent', durationMs: 1 },
    ])
    const later = fold(
      [
        { type: 'step-started', step: 'freeze' },
        { type: 'step-failed', step: 'freeze', message: 'no', hint: '', durationMs: 1 },
      ],
      up,
    )
    expect(later).toEqual(up)
  })

  it('follows a step from start to end', () => {
    const running = fold([{ type: 'step-started', step: 'base image' }])
    expect(step(running, 'base image')).toMatchObject({ state: 'running', startedAt: 1000, durationMs: null })
    const done = timeline(running, {
      at: 3000,
      event: { type: 'step-done', step: 'base image', durationMs: 1980, note: 'cached' },
    })
    expect(step(done, 'base image')).toMatchObject({ state: 'done', durationMs: 1980, note: 'cached' })
  })

  it('shows what the boundary probe saw before the start, and not what later ones saw', () => {
    const checks = (result: 'green' | 'red') => [{ name: 'names' as const, result, detail: '', durationMs: 1 }]
    const probe = (result: 'green' | 'red'): BottleEvent => ({
      type: 'probe',
      checks: checks(result),
      verdict: result,
      durationMs: 1,
    })
    const begun = fold([{ type: 'step-started', step: 'boundary probe' }, probe('green')])
    expect(step(begun, 'boundary probe').checks).toEqual(checks('green'))
    const later = fold([{ type: 'step-done', step: 'boundary probe', durationMs: 1 }, probe('red')], begun)
    expect(step(later, 'boundary probe').checks).toEqual(checks('green'))
    const failed = fold(
      [{ type: 'step-failed', step: 'boundary probe', message: 'red', hint: '', durationMs: 1 }, probe('red')],
      begun,
    )
    expect(step(failed, 'boundary probe').checks).toEqual(checks('red'))
    expect(fold([probe('red')])).toEqual(emptyTimeline(DOCKER))
  })

  it('numbers output, keeps its end and forgets a partial line when the next comes', () => {
    const state = fold([
      { type: 'step-started', step: 'agent image' },
      { type: 'output', step: 'agent image', stream: 'stdout', text: 'one\ntwo\n' },
      { type: 'output', step: 'agent image', stream: 'stdout', text: '10 %', partial: true },
    ])
    expect(step(state, 'agent image')).toMatchObject({ partial: '10 %', firstLine: 1, lastLine: 2 })
    const next = timeline(state, {
      at: 0,
      firstLine: 3,
      event: { type: 'output', step: 'agent image', stream: 'stderr', text: '100 %\n' },
    })
    expect(step(next, 'agent image')).toMatchObject({
      partial: null,
      lastLine: 3,
      tail: [
        { n: 1, text: 'one', stream: 'stdout' },
        { n: 2, text: 'two', stream: 'stdout' },
        { n: 3, text: '100 %', stream: 'stderr' },
      ],
    })
  })

  it('holds a bounded tail of a flood', () => {
    const text = 'x\n'.repeat(150)
    const flood = Array.from(
      { length: 20 },
      (): BottleEvent => ({ type: 'output', step: 'agent image', stream: 'stdout', text }),
    )
    const state = fold([{ type: 'step-started', step: 'agent image' }, ...flood])
    expect(step(state, 'agent image')).toMatchObject({ firstLine: 1, lastLine: 3000 })
    expect(step(state, 'agent image').tail).toHaveLength(TAIL_LINES)
    expect(step(state, 'agent image').tail.at(-1)?.n).toBe(3000)
  })

  it('keeps the last progress of each unit', () => {
    const state = fold([
      { type: 'step-started', step: 'workspace' },
      { type: 'progress', step: 'workspace', unit: 'items', done: 3, total: 10, note: 'src/a.ts' },
      { type: 'progress', step: 'workspace', unit: 'bytes', done: 100 },
      { type: 'progress', step: 'workspace', unit: 'items', done: 4, total: 10, note: 'src/b.ts' },
    ])
    expect(step(state, 'workspace').progress).toEqual([
      { unit: 'items', done: 4, total: 10, note: 'src/b.ts' },
      { unit: 'bytes', done: 100, total: null, note: null },
    ])
  })

  it('drops a waiting step that was passed over, and puts an unexpected one in its place', () => {
    const state = fold([
      { type: 'step-started', step: 'base image' },
      { type: 'step-done', step: 'base image', durationMs: 1 },
      { type: 'step-started', step: 'networks' },
      { type: 'step-done', step: 'networks', durationMs: 1 },
      { type: 'step-started', step: 'sidecars' },
    ])
    expect(names(state)).toEqual([
      'base image: done',
      'networks: done',
      'sidecars: running',
      'agent: waiting',
      'workspace: waiting',
      'provision: waiting',
      'start agent: waiting',
    ])
  })

  it('keeps a failure with its message and hint, and looks at it', () => {
    const state = fold([
      { type: 'step-started', step: 'agent image' },
      { type: 'output', step: 'agent image', stream: 'stderr', text: 'E: no such package\n' },
      { type: 'step-failed', step: 'agent image', message: 'exit 100', hint: 'Mend the Dockerfile.', durationMs: 5 },
      { type: 'release-done', name: 'networks' },
      { type: 'release-failed', name: 'agent', message: 'busy', hint: 'Try again.' },
      { type: 'state', state: 'failed', evidence: 'agent image: exit 100' },
    ])
    expect(stepInFocus(state.steps)).toMatchObject({
      name: 'agent image',
      failure: { message: 'exit 100', hint: 'Mend the Dockerfile.' },
    })
    expect(state.releases).toEqual([
      { name: 'networks', failure: null },
      { name: 'agent', failure: { message: 'busy', hint: 'Try again.' } },
    ])
    expect(state.state).toMatchObject({ state: 'failed', exitCode: null })
  })

  it('waits for nothing once it is over, and does not call a cancelled step failed', () => {
    const launch: BottleEvent[] = [
      { type: 'step-started', step: 'base image' },
      { type: 'step-done', step: 'base image', durationMs: 5 },
      { type: 'step-started', step: 'agent image' },
      { type: 'step-failed', step: 'agent image', message: 'Cancelled.', hint: '', durationMs: 5 },
    ]
    const stopped = fold([...launch, { type: 'state', state: 'stopped', evidence: 'Cancelled by the operator.' }])
    expect(names(stopped)).toEqual(['base image: done', 'agent image: cancelled'])
    expect(stepInFocus(stopped.steps)?.name).toBe('agent image')
    const failed = fold([...launch, { type: 'state', state: 'failed', evidence: '' }])
    expect(names(failed)).toEqual(['base image: done', 'agent image: failed'])
  })

  it('counts how a release went last', () => {
    const state = fold([
      { type: 'release-failed', name: 'agent', message: 'busy', hint: '' },
      { type: 'release-done', name: 'agent' },
    ])
    expect(state.releases).toEqual([{ name: 'agent', failure: null }])
  })

  it('starts a step afresh when it is launched again', () => {
    const state = fold([
      { type: 'step-started', step: 'agent image' },
      { type: 'step-failed', step: 'agent image', message: 'no', hint: '', durationMs: 5 },
      { type: 'step-started', step: 'agent image' },
    ])
    expect(step(state, 'agent image')).toMatchObject({ state: 'running', failure: null, durationMs: null })
  })

  it('counts dropped lines of a step', () => {
    const state = fold([
      { type: 'step-started', step: 'agent image' },
      { type: 'dropped', lines: 12, why: 'disk full', step: 'agent image' },
      { type: 'dropped', lines: 3, why: 'disk full' },
    ])
    expect(step(state, 'agent image').droppedLines).toBe(12)
  })

  it('tells the exit of the agent', () => {
    expect(fold([{ type: 'state', state: 'exited', evidence: 'the shell ended', exitCode: 3 }]).state).toEqual({
      state: 'exited',
      evidence: 'the shell ended',
      exitCode: 3,
      at: 1000,
    })
  })
})
