import { describe, expect, it } from 'vitest'
import type { BottleEvent } from '@/server/contract/events'
import type { LogMark } from '@/server/contract/views'
import { ExtraHeights } from './extra-heights'
import { type BlocksInput, LINE_HEIGHT, NOTE_HEIGHT, STEP_HEIGHT } from './log-blocks'
import { LogLayout } from './log-layout'

const mark = (beforeLine: number, event: BottleEvent): LogMark => ({ beforeLine, at: 0, event }) as LogMark

/** Lines 1–3 are the base image's, 4–10 the agent image's, then the agent runs. */
const marks = [
  mark(1, { type: 'state', state: 'launching', evidence: 'confirmed' }),
  mark(1, { type: 'step-started', step: 'base image' }),
  mark(4, { type: 'step-done', step: 'base image', durationMs: 10 }),
  mark(4, { type: 'step-started', step: 'agent image' }),
  mark(7, { type: 'dropped', lines: 40, why: 'disk full' }),
  mark(11, { type: 'step-done', step: 'agent image', durationMs: 20, note: 'built' }),
  mark(11, { type: 'state', state: 'running', evidence: 'the agent started' }),
]
const [BASE, AGENT] = [1, 3]

const layout = (change: Partial<BlocksInput> = {}) =>
  new LogLayout({
    marks,
    first: 1,
    last: 10,
    wholeEnd: true,
    folded: new Set(),
    extras: new ExtraHeights(),
    noteHeights: new Map(),
    ...change,
  })

/** `state, base image, 1, 2, 3, …` */
const said = (log: LogLayout, from = 0, to = Number.POSITIVE_INFINITY) =>
  log
    .rows(from, to)
    .map((row) => (row.kind === 'line' ? row.n : row.kind === 'step' ? row.step.name : row.mark.event.type))
    .join(' ')

describe('LogLayout', () => {
  it('stacks steps, lines and notes in order', () => {
    expect(said(layout())).toBe('state base image 1 2 3 agent image 4 5 6 dropped 7 8 9 10 state')
    expect(layout().height).toBe(10 * LINE_HEIGHT + 2 * STEP_HEIGHT + 3 * NOTE_HEIGHT)
  })

  it('tells each step with its lines, time and note', () => {
    expect(layout().steps).toMatchObject([
      { name: 'base image', state: 'done', durationMs: 10, firstLine: 1, lines: 3 },
      { name: 'agent image', state: 'done', durationMs: 20, firstLine: 4, lines: 7, note: 'built' },
    ])
  })

  it('draws only what is seen', () => {
    const top = layout().topOf(5)
    expect(said(layout(), top, top + LINE_HEIGHT)).toBe('5 6')
    expect(said(layout(), top + 1, top + LINE_HEIGHT - 1)).toBe('5')
  })

  it('gives every row the place where the row before it ends', () => {
    const extras = new ExtraHeights()
    extras.set(2, 36)
    const rows = layout({ extras, noteHeights: new Map([[0, 40]]) }).rows(0, 1e9)
    expect(rows.map((row) => row.top)).toEqual([0, 40, 74, 92, 146, 164, 198, 216, 234, 252, 278, 296, 314, 332, 350])
  })

  it('hides the lines of a folded step but not how it ended', () => {
    const failed = [
      ...marks.slice(0, 5),
      mark(11, { type: 'step-failed', step: 'agent image', message: 'm', hint: 'h', durationMs: 1 }),
    ]
    const log = layout({ marks: failed, folded: new Set([AGENT]) })
    expect(said(log)).toBe('state base image 1 2 3 agent image step-failed')
    expect(log.topOf(8)).toBe(log.rows(0, 1e9)[5]!.top)
    expect(log.stepOf(8)?.name).toBe('agent image')
    expect(said(layout({ folded: new Set([BASE, AGENT]) }))).toBe('state base image agent image state')
  })

  it('knows which step goes on at a height, and where it ends', () => {
    const log = layout()
    expect(log.stepAt(log.topOf(2))).toMatchObject({ step: { name: 'base image' }, end: log.topOf(3) + LINE_HEIGHT })
    expect(log.stepAt(log.topOf(7) - 1)?.step.name).toBe('agent image')
    expect(log.stepAt(0)).toBeNull()
    expect(log.stepAt(log.height)).toBeNull()
  })

  it('lays out a shared range with the step that it lies in, and nothing beyond', () => {
    const log = layout({ first: 5, last: 8, wholeEnd: false })
    expect(said(log)).toBe('agent image 5 6 dropped 7 8')
    expect(log.steps).toMatchObject([{ name: 'agent image', firstLine: 5, lines: 4 }])
    const cut = layout({ first: 5, last: 8, wholeEnd: false, marks: marks.slice(0, 5) })
    expect(cut.steps).toMatchObject([{ name: 'agent image', state: 'part' }])
  })

  it('shows what ended without a line, and an empty log', () => {
    expect(said(layout({ last: 0, marks: marks.slice(0, 2) }))).toBe('state base image')
    expect(layout({ last: 0, marks: [] }).height).toBe(0)
    expect(said(layout({ last: 0, marks: [] }))).toBe('')
    expect(said(layout({ last: 2, marks: [] }))).toBe('1 2')
  })

  it('finds its way in a million lines', () => {
    const log = layout({ last: 1_000_000 })
    const top = log.topOf(765_432)
    expect(said(log, top, top)).toBe('765432')
    expect(log.topOf(1_000_000) + LINE_HEIGHT).toBe(log.height)
  })
})

describe('ExtraHeights', () => {
  it('sums what wrapped between two lines', () => {
    const extras = new ExtraHeights()
    expect(extras.set(1, 18)).toBe(18)
    expect(extras.set(500, 36)).toBe(36)
    expect(extras.set(501, 18)).toBe(18)
    expect(extras.set(1200, 54)).toBe(54)
    expect(extras.between(1, 2000)).toBe(126)
    expect(extras.between(2, 1199)).toBe(54)
    expect(extras.between(501, 500)).toBe(0)
    expect(extras.set(500, 0)).toBe(-36)
    expect(extras.between(1, 600)).toBe(36)
    extras.clear()
    expect(extras.between(1, 2000)).toBe(0)
  })
})
