import { randomUUID } from 'node:crypto'
import { MachineHome } from '../../backends/smolmachines/testing/machine-home.ts'
import type { BottleWorld, Surroundings } from './bottle-world.ts'
import type { Guest } from './guest.ts'
import type { Lab } from './lab.ts'
import { MachineWorld } from './machine-world.ts'
import { unprotectedGuest } from './unprotected-guest.ts'

/** The smolmachines backend on the double of smolvm, in a home of its own. */
export class MachineLab implements Lab {
  private constructor(private readonly home: MachineHome) {}

  static async open(): Promise<MachineLab> {
    return new MachineLab(await MachineHome.create('1.9.3'))
  }

  async launch(around: Surroundings, bottle: string): Promise<MachineWorld> {
    const agent = `escape-${randomUUID().slice(0, 8)}`
    await this.home.write(`bottles/${agent}.md`, `---\n${bottle}\n---\n`)
    await this.home.write(`agents/${agent}.md`, `---\nbottle: ${agent}\n---\n`)
    return MachineWorld.launch(this.home, { ...around, choice: { agent, ...around.choice } })
  }

  /** A container, on the bundle's network: what a machine would be without any protection is not to be had twice. */
  async unprotected({ plan }: BottleWorld): Promise<Guest & AsyncDisposable> {
    if (plan.backend !== 'smolmachines') throw new Error(`A bottle of ${plan.backend} has no micro-VM.`)
    return unprotectedGuest(this.home.tools.docker, { image: plan.image.reference, network: plan.network })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.home[Symbol.asyncDispose]()
  }
}
