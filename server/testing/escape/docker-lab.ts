import { randomUUID } from 'node:crypto'
import { TestHome } from '../../backends/docker/testing/test-home.ts'
import type { BottleWorld, Surroundings } from './bottle-world.ts'
import { DockerWorld } from './docker-world.ts'
import type { Guest } from './guest.ts'
import type { Lab } from './lab.ts'
import { unprotectedGuest } from './unprotected-guest.ts'

/** The docker backend, in a home of its own. */
export class DockerLab implements Lab {
  private constructor(private readonly home: TestHome) {}

  static async open(): Promise<DockerLab> {
    return new DockerLab(await TestHome.create())
  }

  async launch(around: Surroundings, bottle: string): Promise<DockerWorld> {
    const agent = `escape-${randomUUID().slice(0, 8)}`
    await this.home.write(`bottles/${agent}.md`, `---\n${bottle}\n---\n`)
    await this.home.write(`agents/${agent}.md`, `---\nbottle: ${agent}\n---\n`)
    return DockerWorld.launch(this.home, { ...around, choice: { agent, ...around.choice } })
  }

  /** On the bundle's way out, from which this machine and its servers are reached. */
  async unprotected({ plan }: BottleWorld): Promise<Guest & AsyncDisposable> {
    if (plan.backend !== 'docker') throw new Error(`A bottle of ${plan.backend} has no network of Docker.`)
    const place = { image: plan.image.reference, network: plan.networks.egress }
    return unprotectedGuest(this.home.tools.docker, place)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.home[Symbol.asyncDispose]()
  }
}
