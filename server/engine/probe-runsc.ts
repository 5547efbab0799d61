import type { Docker } from './docker.ts'
import { homeHash, LABEL } from './names.ts'

/** A container that does nothing ends within this time, or the runtime does not work. */
const LIMIT_MS = 10_000
const ROLE = 'probe'

/**
 * Whether bottles can run under gVisor: the engine has the runtime `runsc`, and a throw-away container was seen to end
 * well under it. Having it is not enough: it may lack what it needs of the machine.
 */
export class RunscProbe {
  #seen: { runtime: string; works: Promise<boolean> } | undefined

  constructor(
    private readonly docker: Docker,
    private readonly home: string,
  ) {}

  /** Asks once per engine and runtime; the answer is kept, except while there is no image to try it with. */
  async works(): Promise<boolean> {
    const { Runtimes, ID, DefaultRuntime } = await this.docker.info()
    const runsc = (Runtimes as Readonly<Record<string, unknown>> | undefined)?.runsc
    if (!runsc) return false
    const runtime = JSON.stringify([ID, DefaultRuntime, runsc])
    if (this.#seen?.runtime !== runtime) this.#seen = { runtime, works: this.#try() }
    return this.#seen.works
  }

  async #try(): Promise<boolean> {
    const image = await this.#anyImage()
    if (!image) {
      this.#seen = undefined
      return false
    }
    const id = await this.docker.createContainer({
      Image: image,
      // A start may work where little else does: one 2022 release on a newer kernel could not list a folder.
      Entrypoint: ['ls', '-la', '/', '/home'],
      Labels: { [LABEL.home]: homeHash(this.home), [LABEL.role]: ROLE },
      HostConfig: { Runtime: 'runsc', NetworkMode: 'none' },
    })
    try {
      await this.docker.startContainer(id)
      return (await this.docker.waitContainer(id, AbortSignal.timeout(LIMIT_MS))) === 0
    } catch {
      return false
    } finally {
      await this.docker.removeContainer(id).catch(() => {})
    }
  }

  /** One of ours, so that what runs in it is known. */
  async #anyImage(): Promise<string | null> {
    const [image] = await this.docker.listImages(`${LABEL.role}=image`)
    return image?.Id ?? null
  }
}
