import { expect, test } from 'vitest'
import type { Bottle } from '../bottles/backend.ts'
import { bottleSlug } from '../contract/ids.ts'
import type { ProbePace, ProbeReport } from '../contract/probe.ts'
import { BoundaryWatch } from './boundary-watch.ts'

const slug = bottleSlug.parse('web')
const green: ProbeReport = { at: 0, green: true, checks: [], durationMs: 1 }
const bottleThat = (probe: Bottle['probe']) => ({ slug, probe }) as Bottle

function watching(
  probe: Bottle['probe'],
  { everyMs = 1_000_000, isUp = () => true }: { everyMs?: number; isUp?: () => boolean } = {},
) {
  const told: ProbeReport[] = []
  const watch = new BoundaryWatch(
    {
      tokens: async () => new Map([['API', 'value']]),
      told: async (_slug, report) => void told.push(report),
      isUp,
    },
    everyMs,
  )
  watch.up(bottleThat(probe))
  return { watch, told }
}

test('a probe that is asked for is run with the bottle’s tokens, and told', async () => {
  let given: unknown[] = []
  const { watch, told } = watching(async (tokens, _signal, pace) => {
    given = [tokens, pace]
    return green
  })
  expect(await watch.probe(slug)).toEqual(green)
  expect(given).toEqual([new Map([['API', 'value']]), 'prompt'])
  expect(told).toEqual([green])
  watch.close()
})

test('a probe is repeated by itself until the bottle is let go of, and takes its time', async () => {
  const paces: (ProbePace | undefined)[] = []
  await new Promise<void>((resolve) => {
    const { watch } = watching(
      async (_tokens, _signal, pace) => {
        if (paces.push(pace) === 3) {
          watch.close()
          resolve()
        }
        return green
      },
      { everyMs: 2 },
    )
  })
  expect(paces).toEqual(['thorough', 'thorough', 'thorough'])
})

test('a probe that cannot be run is red in every check, and says why', async () => {
  const { watch, told } = watching(
    async () => {
      throw new Error('no such exec')
    },
    { isUp: () => false },
  )
  const report = await watch.probe(slug)
  expect(report.green).toBe(false)
  expect(report.checks.every(({ result, detail }) => result === 'red' && detail.includes('no such exec'))).toBe(true)
  expect(told).toHaveLength(1)
  watch.close()
})

test('a bottle that is not up cannot be probed', async () => {
  const { watch } = watching(async () => green)
  watch.down(slug)
  await expect(watch.probe(slug)).rejects.toThrow('while it is up')
})
