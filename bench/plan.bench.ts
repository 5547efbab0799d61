import { Dashboard } from '../e2e/fixtures/dashboard.ts'
import { writeHome } from '../e2e/fixtures/launch.ts'
import { report } from './lib/report.ts'
import { quantile, timings } from './lib/statistics.ts'

// What the confirmation page waits for: a plan over HTTP, in a home with forty agents and a bottle that has two parents.
const TRIES = 50

const dashboard = await Dashboard.start()
try {
  await dashboard.mutate('manifests.writeStarter')
  const routes = Array.from({ length: 30 }, (_, i) => `    - host: api-${i}.example.com`).join('\n')
  await writeHome(dashboard, 'bottles/wide.md', `---\nextends: [shell, claude]\negress:\n  routes:\n${routes}\n---\n`)
  for (let i = 0; i < 40; i++)
    await writeHome(dashboard, `agents/agent-${i}.md`, '---\nbottle: wide\n---\nBe careful.\n')

  const times = await timings(TRIES, () => dashboard.mutate('plans.resolve', { agent: 'agent-7' }), 5)
  const health = await timings(TRIES, () => fetch(`${dashboard.url}/api/health`).then((answer) => answer.text()), 5)
  const rival = { rival: quantile(health, 0.5), rivalName: 'a request that does nothing' }
  const median = quantile(times, 0.5)
  report({
    figure: 'plan resolved (median)',
    unit: 'ms',
    ours: median,
    ...rival,
    aim: '< 50 ms',
    met: median < 50,
    tries: TRIES,
  })
  report({ figure: 'plan resolved (p99)', unit: 'ms', ours: quantile(times, 0.99), tries: TRIES })
} finally {
  await dashboard.end()
}
