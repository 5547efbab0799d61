import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import type { BottleSlug } from '../../../contract/ids.ts'
import { LABEL } from '../../../engine/names.ts'
import { stateFolder } from '../../../engine/tools.ts'
import type { ParityWorld } from '../../../testing/parity-world.ts'
import { smolmachines } from '../index.ts'
import { keeperSocket } from '../keeper-place.ts'
import { machineName } from '../names.ts'
import { MachineHome, type Profile } from './machine-home.ts'

export async function machineParity(profile: Profile): Promise<ParityWorld> {
  const test = await MachineHome.create(profile)
  return {
    home: test.home,
    backend: smolmachines(test.tools),
    restarted: () => smolmachines(test.tools),
    write: (file, text) => test.write(file, text),
    request: (choice) => test.request(choice),
    facts: () => test.facts(),
    async kill(slug) {
      const machine = (await test.tools.smolvm.list()).find(({ name }) => name === machineName(slug))
      process.kill(machine!.pid!, 'SIGKILL')
    },
    traces: (slug) => tracesOf(slug, test),
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  }
}

/** Machines, containers (the double's among them), networks, sockets and processes. */
export async function tracesOf(slug: BottleSlug, { tools }: MachineHome): Promise<string[]> {
  const machine = machineName(slug)
  const socket = keeperSocket(stateFolder(tools, slug))
  const [machines, ours, doubles, networks, processes] = await Promise.all([
    tools.smolvm.list(),
    tools.docker.listContainers([`${LABEL.slug}=${slug}`]),
    tools.docker.listContainers([`io.bot-bottle.fake-smolvm.machine=${machine}`]),
    tools.docker.listNetworks([`${LABEL.slug}=${slug}`]),
    processesWith(machine),
  ])
  return [
    ...machines.filter(({ name }) => name === machine).map(({ name }) => `machine ${name}`),
    ...[...ours, ...doubles].map(({ Names }) => `container ${Names.join()}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...processes,
    ...(existsSync(socket) ? [socket] : []),
  ]
}

/** What a keeper holds names the machine. */
const processesWith = async (word: string): Promise<string[]> =>
  (await commandLines()).filter((words) => words.includes(word)).map((words) => `process ${words.join(' ')}`)

/** Of everything on this machine. */
export async function commandLines(): Promise<string[][]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.map((line) => line.split('\0'))
}
