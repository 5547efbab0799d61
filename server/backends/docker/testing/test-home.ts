import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { MachineFacts } from '../../../bottles/machine-facts.ts'
import { planId } from '../../../contract/ids.ts'
import type { DockerPlan } from '../../../contract/plan.ts'
import { Docker } from '../../../engine/docker.ts'
import type { EngineTools } from '../../../engine/tools.ts'
import { IMAGE_LABEL, OUR_IMAGES } from '../../../images/image-labels.ts'
import { KeyedLock } from '../../../lib/keyed-lock.ts'
import type { LaunchChoice, ResolvedRequest } from '../../../manifest/request.ts'
import { resolve } from '../../../manifest/resolve.ts'
import { writeStarter } from '../../../manifest/starter.ts'
import { existing } from '../existing.ts'
import { discardFrozen, frozen } from '../frozen.ts'
import { plan } from '../plan.ts'
import { teardown } from '../teardown.ts'

export { type TestRun, testRun } from '../../../testing/test-run.ts'

const ROOT = path.resolve(import.meta.dirname, '../../../..')

/** Why tests that need an engine are skipped here, or null when one answers. */
export async function engineAbsent(): Promise<string | null> {
  try {
    await new Docker().version()
    return null
  } catch (error) {
    return `no Docker engine: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** A home of its own with the starter set, and an engine on which only its bottles are seen. Disposing removes all. */
export class TestHome implements AsyncDisposable {
  private constructor(
    readonly home: string,
    readonly tools: EngineTools,
  ) {}

  static async create(): Promise<TestHome> {
    const home = await realpath(await mkdtemp(path.join(tmpdir(), 'bot-bottle-home-')))
    await writeStarter(home)
    return TestHome.at(home)
  }

  /** A home that another process made. */
  static at(home: string): TestHome {
    const extraCa = process.env.NODE_EXTRA_CA_CERTS ?? process.env.SSL_CERT_FILE ?? null
    return new TestHome(home, { root: ROOT, home, extraCa, docker: new Docker(), images: new KeyedLock() })
  }

  async write(file: string, text: string): Promise<void> {
    const full = path.join(this.home, file)
    await mkdir(path.dirname(full), { recursive: true })
    await writeFile(full, text)
  }

  async plan(choice: Partial<LaunchChoice> = {}, runsc = false): Promise<DockerPlan> {
    return plan(await this.request(choice), { ...this.facts(), runsc })
  }

  request(choice: Partial<LaunchChoice>): Promise<ResolvedRequest> {
    return resolve(
      { agent: 'shell', ...choice },
      {
        home: this.home,
        now: 0,
        planId: planId.parse(randomUUID()),
        draw: randomUUID().slice(0, 5),
        taken: new Set(),
      },
    )
  }

  facts(): MachineFacts {
    const hostEnv = new Set(Object.keys(process.env))
    return { runsc: false, engineProblem: null, hostEnv, root: ROOT, home: this.home }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { slug } of await existing(this.tools)) await teardown(slug, this.tools)
    for (const { slug } of await frozen(this.tools)) await discardFrozen(slug, null, this.tools)
    for (const image of await this.tools.docker.listImages(OUR_IMAGES)) {
      if (!image.Labels?.[IMAGE_LABEL.kind]?.includes(this.home)) continue
      // An engine whose lock is held by a container that cannot end answers never; the tests are over by then.
      await Promise.race([this.tools.docker.removeImage(image.Id), pause(5_000)])
    }
    await rm(this.home, { recursive: true, force: true })
  }
}
