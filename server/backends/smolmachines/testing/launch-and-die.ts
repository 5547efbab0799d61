/**
 * A server that is killed in the middle of a launch: `tsx launch-and-die.ts <home> <workspace> <step>`.
 * Ends by SIGKILL a moment after the step has begun, as soon as there is something that can be found.
 */
import { stateFolder } from '../../../engine/tools.ts'
import { testRun } from '../../../testing/test-run.ts'
import { launch } from '../launch.ts'
import { readMachineFile } from '../machine-file.ts'
import { MachineHome } from './machine-home.ts'

const [home = '', workspace = '', step = ''] = process.argv.slice(2)

async function main(): Promise<void> {
  const test = MachineHome.at(home)
  const plan = await test.plan({ workspace: { path: workspace, mode: 'copy' } })
  const dieOnceItIsFound = async () => {
    if (await readMachineFile(stateFolder(test.tools, plan.slug))) process.kill(process.pid, 'SIGKILL')
  }
  const run = testRun({}, (event) => {
    if (event.type === 'step-started' && event.step === step) setInterval(dieOnceItIsFound, 10)
  })
  await launch(plan, run, test.tools)
}

void main()
