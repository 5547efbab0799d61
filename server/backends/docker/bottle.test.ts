import type { ContainerStats } from 'dockerode'
import { expect, test } from 'vitest'
import { statsOf } from './bottle.ts'

const reading = (figures: object) => statsOf(figures as ContainerStats)

test('figures are those of docker stats: per cent of a core, and memory without the file cache', () => {
  const stats = reading({
    cpu_stats: { cpu_usage: { total_usage: 600 }, system_cpu_usage: 2000, online_cpus: 2 },
    precpu_stats: { cpu_usage: { total_usage: 100 }, system_cpu_usage: 1000 },
    memory_stats: { usage: 900, stats: { total_inactive_file: 300 } },
  })
  expect(stats).toEqual({ cpu: 100, memory: 600 })
})

test('a container that has ended has no figures', () => {
  expect(reading({ cpu_stats: { cpu_usage: {} }, precpu_stats: { cpu_usage: {} }, memory_stats: {} })).toBeNull()
})
