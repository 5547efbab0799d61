import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { launch as launchContainer } from '../server/backends/docker/launch.ts'
import { teardown as removeContainer } from '../server/backends/docker/teardown.ts'
import { TestHome } from '../server/backends/docker/testing/test-home.ts'
import { artifact } from '../server/backends/smolmachines/artifact.ts'
import { launch as launchMachine } from '../server/backends/smolmachines/launch.ts'
import { teardown as removeMachine } from '../server/backends/smolmachines/teardown.ts'
import { doubleAbsent, MachineHome } from '../server/backends/smolmachines/testing/machine-home.ts'
import type { Bottle } from '../server/bottles/backend.ts'
import { StepOutput } from '../server/bottles/step-output.ts'
import { idOf } from '../server/images/base-image.ts'
import { testRun } from '../server/testing/test-run.ts'
import { report } from './lib/report.ts'
import { median, timings } from './lib/statistics.ts'

// The micro-VM backend on the double of smolvm: what is ours of a launch. A real machine boots instead of a container.
const ON = 'on the double of smolvm'
const TRIES = 5

const absent = await doubleAbsent()
if (absent) console.log(`skipped: ${absent}`)
else {
  await using machines = await MachineHome.create('1.9.3')
  await using containers = await TestHome.create()
  await makingArtifacts(machines)
  await launching(machines, containers)
}

async function makingArtifacts(home: MachineHome): Promise<void> {
  const { tools } = home
  const cache = await mkdtemp(path.join(tmpdir(), 'bot-bottle-bench-cache-'))
  try {
    // The image is there afterwards: what is measured is the artifact.
    const plan = await home.plan()
    await launchMachine(plan, testRun(), tools)
    await removeMachine(plan.slug, tools)
    const agent = await idOf(tools.docker, plan.image.reference)
    const make = async () => {
      using output = new StepOutput('artifact', () => {})
      await artifact(agent, 'archive', { ...tools, cache }, output, new AbortController().signal)
    }
    // Not by `timings`, which warms up: the second time it is found.
    const begun = performance.now()
    await make()
    const built = performance.now() - begun
    const hits = await timings(TRIES, make)
    report({ figure: `artifact made, ${ON}`, unit: 'ms', ours: built, tries: 1 })
    report({ figure: `artifact found in the cache, ${ON} (median)`, unit: 'ms', ours: median(hits), tries: TRIES })
  } finally {
    await rm(cache, { recursive: true, force: true })
  }
}

async function launching(machineHome: MachineHome, containerHome: TestHome): Promise<void> {
  const up: Bottle[] = []
  const inMachines = await timings(TRIES, async () => {
    up.push(await firstByte(await launchMachine(await machineHome.plan(), testRun(), machineHome.tools)))
  })
  const inContainers = await timings(TRIES, async () => {
    const bottle = await firstByte(await launchContainer(await containerHome.plan(), testRun(), containerHome.tools))
    up.push(bottle)
  })
  report({
    figure: `launch to the first byte of the agent, ${ON} (median)`,
    unit: 'ms',
    ours: median(inMachines),
    rival: median(inContainers),
    rivalName: 'our docker backend',
    tries: TRIES,
  })
  const { smolvm, docker } = machineHome.tools
  const [machine] = await smolvm.list()
  const [container] = await docker.listContainers([`io.bot-bottle.slug=${up.at(-1)!.slug}`, 'io.bot-bottle.role=agent'])
  const execs = await timings(20, () => smolvm.exec(machine!.name, ['true']))
  const rival = await timings(20, () => docker.run(container!.Id, { command: ['true'] }))
  report({
    figure: `a program run inside, ${ON} (median)`,
    unit: 'ms',
    ours: median(execs),
    rival: median(rival),
    rivalName: 'docker exec',
    tries: 20,
  })
  for (const { slug } of up) {
    await removeMachine(slug, machineHome.tools)
    await removeContainer(slug, containerHome.tools)
  }
}

async function firstByte(bottle: Bottle): Promise<Bottle> {
  const { output, close } = await bottle.attachAgent()
  await new Promise((resolve) => output.once('data', resolve))
  await close()
  return bottle
}
