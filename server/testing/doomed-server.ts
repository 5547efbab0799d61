// A server that kills itself, with SIGKILL, at one exact moment of a launch, a freeze or a stop. Run by kill.docker.test.ts:
//   node --import tsx server/testing/doomed-server.ts <home> <slug> <workspace> <moment> [milliseconds later]
// Moments: `started <step>`, `done <step>`, `up`, `freeze`, `frozen`, `stop`, `released <name>`.
import path from 'node:path'
import { docker } from '../backends/docker/index.ts'
import type { Backend } from '../bottles/backend.ts'
import type { DockerPlan } from '../contract/plan.ts'
import { BottleBench } from './bottle-bench.ts'

const [home = '', label = '', workspace = '', moment = '', later = '0'] = process.argv.slice(2)
const root = path.resolve(import.meta.dirname, '../..')

const die = () => process.kill(process.pid, 'SIGKILL')
function at(now: string): void {
  if (now !== moment) return
  if (later === '0') die()
  else setTimeout(die, Number(later))
}

const real = docker({ root, home, extraCa: null })
const doomed: Backend<DockerPlan> = {
  ...real,
  launch: (plan, run) =>
    real.launch(plan, {
      ...run,
      emit: (event) => {
        run.emit(event)
        if (event.type === 'step-started') at(`started ${event.step}`)
        if (event.type === 'step-done') at(`done ${event.step}`)
      },
    }),
  freeze: async (slug, run) => {
    at('freeze')
    const frozen = await real.freeze(slug, run)
    at('frozen')
    return frozen
  },
  teardown: (slug, onRelease) => {
    at('stop')
    return real.teardown(slug, (name, error) => {
      onRelease(name, error)
      at(`released ${name}`)
    })
  },
}

const bench = new BottleBench(home, doomed, root)
await bench.start()
const slug = await bench.launch(label, {}, { workspace: { path: workspace, mode: 'copy' } })
await bench.until(slug, 'running', 'failed')
if (bench.service.get(slug).state === 'failed') throw new Error(bench.service.get(slug).evidence)
at('up')
if (moment.startsWith('fr')) await bench.service.freeze(slug)
if (moment === 'up' || moment.startsWith('fr')) await new Promise(() => {})
await bench.service.stop(slug)
