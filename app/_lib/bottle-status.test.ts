import { expect, test } from 'vitest'
import { statusLine, statusOf } from './bottle-status'
import { statusSvg } from './status-geometry'
import { aBottle } from './testing-bottle'

type Part = Omit<Parameters<typeof aBottle>[0], 'slug'>
const rows: [string, Part, string, string][] = [
  [
    'launching',
    { state: 'launching', launch: { step: 'agent image', done: 2, total: 8 } },
    'ring',
    'Launching · agent image',
  ],
  ['working', {}, 'dot', 'Working'],
  [
    'needs you',
    { state: 'needs-you', evidence: 'allow api.github.com?' },
    'diamond',
    'Needs you · allow api.github.com?',
  ],
  ['idle', { state: 'idle', stateSince: 0 }, 'dot-idle', 'Idle 12 min'],
  ['finished', { state: 'exited', exitCode: 0 }, 'tick', 'Finished · exit 0'],
  ['exited badly', { state: 'exited', exitCode: 137 }, 'triangle', 'Failed · exit 137'],
  [
    'failed',
    { state: 'failed', launch: { step: 'agent image', done: 1, total: 8 } },
    'triangle',
    'Failed · agent image',
  ],
  ['stopped', { state: 'stopped' }, 'square', 'Stopped'],
  [
    'failed at the boundary',
    { state: 'failed', launch: { step: 'boundary probe', done: 9, total: 10 } },
    'broken-shield',
    'Failed · boundary probe',
  ],
  [
    'a boundary that no longer holds, before all else',
    { state: 'needs-you', egress: { frozen: true, probe: 'red', refused: 0, perMinute: 0 } },
    'broken-shield',
    'Egress closed · probe failed',
  ],
  [
    'sidecars that only the operator starts again, before all else',
    { egress: { frozen: false, probe: 'green', refused: 0, perMinute: 0, down: { again: false, why: 'it died' } } },
    'broken-shield',
    'Egress closed · sidecars ended',
  ],
  [
    'sidecars that come back by themselves change nothing',
    { egress: { frozen: false, probe: 'green', refused: 0, perMinute: 0, down: { again: true, why: 'it died' } } },
    'dot',
    'Working',
  ],
]
test.each(rows)('%s: its shape and its words', (_, part, shape, line) => {
  const status = statusOf(aBottle({ slug: 'web', ...part }), 12 * 60_000)
  expect([status.shape, statusLine(status)]).toEqual([shape, line])
})

test('the ring fills with the steps done', () => {
  const { progress } = statusOf(
    aBottle({ slug: 'web', state: 'launching', launch: { step: 'networks', done: 4, total: 8 } }),
    0,
  )
  expect(progress).toBe(0.5)
})

test('every shape is a whole document for the tab', () => {
  for (const shape of ['ring', 'dot', 'dot-idle', 'diamond', 'tick', 'triangle', 'square', 'broken-shield'] as const) {
    const svg = statusSvg(shape, 0.5, '#fff', '#000')
    const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml')
    expect(parsed.documentElement.tagName.toLowerCase()).toBe('svg')
    expect(parsed.documentElement.children.length).toBeGreaterThan(0)
  }
})
