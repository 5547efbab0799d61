import { expect, test } from 'vitest'
import { isolationChoice } from './isolation-words'

const docker = { backend: 'docker', name: 'Docker 20.10.24' } as const
const machine = { backend: 'smolmachines', name: 'smolvm 1.9.3' } as const

test('what a container shares and a micro-VM does not', () => {
  expect(isolationChoice({ ...docker, startMs: null })).toEqual({
    value: 'docker',
    label: 'Docker container',
    note: 'Shares this machine’s kernel.',
  })
  expect(isolationChoice({ ...machine, startMs: null })).toEqual({
    value: 'smolmachines',
    label: 'Micro-VM',
    note: 'A kernel of its own. The first launch copies the image for it.',
  })
})

test('how long a start takes is said where there was one here', () => {
  expect(isolationChoice({ ...docker, startMs: 2_140 }).note).toContain('Starts in about 2.1 s here.')
  expect(isolationChoice({ ...machine, startMs: 75_000 }).note).toBe(
    'A kernel of its own. Starts in about 1 min 15 s here.',
  )
})

test('a smolvm that is missing is said beside the choice, a Docker that is missing is not: the plan tells of it', () => {
  for (const startMs of [null, 2_000]) {
    expect(isolationChoice({ ...machine, name: null, startMs }).note).toBe(
      'A kernel of its own. Needs smolvm, which is not installed here.',
    )
  }
  expect(isolationChoice({ ...docker, name: null, startMs: null }).note).toBe('Shares this machine’s kernel.')
})
