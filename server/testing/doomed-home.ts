import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Dockerode from 'dockerode'
import { expect } from 'vitest'
import { type DockerBackend, docker } from '../backends/docker/index.ts'
import type { BottleSlug } from '../contract/ids.ts'
import { homeHash, LABEL } from '../engine/names.ts'
import { BottleBench } from './bottle-bench.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
export const engine = new Dockerode()

/** A home whose servers are killed, and one bottle of a name of its own, so that many can be tried side by side. */
export class DoomedHome implements AsyncDisposable {
  readonly slug = `doomed-${randomBytes(3).toString('hex')}` as BottleSlug

  private constructor(readonly path: string) {}

  static async make(): Promise<DoomedHome> {
    const made = new DoomedHome(await mkdtemp(path.join(tmpdir(), 'bot-bottle-kill-')))
    await made.#write('bottles/shell.md', '---\nagent_provider:\n  template: shell\nsupervise: false\n---\n')
    await made.#write('agents/shell.md', '---\nbottle: shell\n---\nBe kind.\n')
    return made
  }

  /**
   * A server that launches the bottle (and stops it) until it is killed.
   *
   * @param moment one of server/testing/doomed-server.ts
   * @param later milliseconds after it
   */
  async killedAt(workspace: string, moment: string, later = 0): Promise<void> {
    const script = ['--import', 'tsx', 'server/testing/doomed-server.ts']
    const child = spawn(process.execPath, [...script, this.path, this.slug, workspace, moment, String(later)], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += chunk
    })
    const [, signal] = await once(child, 'exit')
    expect(signal, `It should have been killed at “${moment}”. ${said}`).toBe('SIGKILL')
  }

  async nextServer(): Promise<BottleBench<DockerBackend>> {
    const bench = new BottleBench(this.path, this.#backend(), ROOT)
    await bench.start()
    return bench
  }

  /** What the engine has of this home, asked past all our code. */
  async onEngine(): Promise<string[]> {
    const filters = { label: [`${LABEL.home}=${homeHash(this.path)}`] }
    const [containers, networks] = await Promise.all([
      engine.listContainers({ all: true, filters }),
      engine.listNetworks({ filters }),
    ])
    return [...containers.map(({ Names }) => Names.join()), ...networks.map(({ Name }) => Name)]
  }

  /** Whether the agent's container stands still. */
  async isPaused(): Promise<boolean> {
    return (await engine.getContainer(`bot-bottle-${this.slug}`).inspect()).State.Paused
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#backend().teardown(this.slug, () => {})
    await this.#backend().discardFrozen(this.slug, null)
    await rm(this.path, { recursive: true, force: true })
  }

  #backend = () => docker({ root: ROOT, home: this.path, extraCa: null })

  async #write(file: string, text: string): Promise<void> {
    await mkdir(path.dirname(path.join(this.path, file)), { recursive: true })
    await writeFile(path.join(this.path, file), text)
  }
}
