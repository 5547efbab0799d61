import path from 'node:path'
import type { BottleSlug } from '../contract/ids.ts'
import { parseEnv } from '../env.ts'
import { createLogger } from '../logger.ts'
import { createRuntime, type Runtime } from '../runtime.ts'

export const ROOT = path.resolve(import.meta.dirname, '../..')

/** All of the server but its door, on a home of its own and the real engine; as `server/main.ts` builds it. */
export class RuntimeBench implements AsyncDisposable {
  private constructor(
    readonly home: string,
    readonly runtime: Runtime,
  ) {}

  /** @param extraCa PEM file of authorities that this machine trusts besides the public ones */
  static async open(home: string, extraCa: string): Promise<RuntimeBench> {
    const env = parseEnv({ ...process.env, BOT_BOTTLE_HOME: home, BOT_BOTTLE_EXTRA_CA: extraCa }, [])
    const logger = createLogger('error', (line) => process.stderr.write(`${line}\n`))
    return new RuntimeBench(home, await createRuntime(env, logger, { root: ROOT, version: 'test', port: 1 }))
  }

  get context() {
    return this.runtime.context
  }

  /** Resolves, confirms and waits until the agent runs. @throws Error with why it does not */
  async launch(agent: string, secrets: Readonly<Record<string, string>> = {}): Promise<BottleSlug> {
    const { bottles } = this.context
    const { planId, digest } = await bottles.resolve({ agent })
    const { slug } = await bottles.launch({ planId, digest, secrets })
    for (;;) {
      const { state, evidence, egress } = await bottles.get(slug)
      if (state === 'running' && egress) return slug
      if (state === 'failed') throw new Error(evidence)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** Ends this server; what it launched goes on. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.runtime.close()
  }
}
