/**
 * A server that is killed in the middle of a launch: `tsx launch-and-die.ts <home> <workspace> <step>`.
 * Ends by SIGKILL a moment after the step has begun.
 */
import { testRun } from '../../../testing/test-run.ts'
import { launch } from '../launch.ts'
import { MachineHome } from './machine-home.ts'

const [home = '', workspace = '', step = ''] = process.argv.slice(2)

async function main(): Promise<void> {
  const test = MachineHome.at(home)
  const run = testRun({}, (event) => {
    if (event.type === 'step-started' && event.step === step) setTimeout(() => process.kill(process.pid, 'SIGKILL'), 10)
  })
  await launch(await test.plan({ workspace: { path: workspace, mode: 'copy' } }), run, test.tools)
}

void main()
