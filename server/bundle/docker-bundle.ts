import type { BundleInput, BundleLine, BundleRenewal } from '../contract/bundle.ts'
import type { Docker } from '../engine/docker.ts'
import { HintedError } from '../errors.ts'

/** The bundle of one bottle, up or not; every call asks the engine. */
export class DockerBundle {
  constructor(
    private readonly docker: Docker,
    readonly container: string,
  ) {}

  /**
   * Hands secrets over on the container's standard input, and waits until the daemons run with them.
   * @throws HintedError with what the bundle said last when it ends instead
   */
  async handOver(input: BundleInput | BundleRenewal, signal: AbortSignal): Promise<void> {
    const since = Date.now()
    const stdin = await this.docker.attachInput(this.container)
    try {
      await new Promise<void>((resolve, reject) => {
        stdin.once('error', reject)
        stdin.write(`${JSON.stringify(input)}\n`, (error) => (error ? reject(error) : resolve()))
      })
      await this.#untilReady(since, signal)
    } finally {
      stdin.destroy()
    }
  }

  async #untilReady(since: number, signal: AbortSignal): Promise<void> {
    let last = 'It said nothing.'
    for await (const line of this.lines(since, signal)) {
      if (line.kind === 'ready') return
      if (line.kind === 'input-refused' || (line.kind === 'table' && !line.ok)) last = line.message
      if (line.kind === 'daemon' && line.state !== 'up')
        last = `${line.name} is ${line.state}: ${line.why ?? 'no reason'}`
      if (line.kind === 'ended') last = line.why
      if (line.kind === 'ended' || line.kind === 'input-refused') break
    }
    signal.throwIfAborted()
    throw new HintedError(
      `The sidecar bundle did not come up. ${last}`,
      'Launch again; if it persists, the bundle’s log tells more.',
    )
  }

  /**
   * What the bundle tells, from a time on and then live, until it ends or `signal` does. Lines may repeat after a
   * reconnect: `n` tells.
   * @param since epoch milliseconds; null: everything that the engine kept
   */
  async *lines(since: number | null, signal: AbortSignal): AsyncGenerator<BundleLine> {
    const output = await this.docker.followOutput(this.container, since)
    const end = () => output.destroy()
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    let rest = ''
    try {
      // Not readline: its loop does not end when the stream below it is destroyed.
      for await (const chunk of output.setEncoding('utf8')) {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop() ?? ''
        for (const text of lines) {
          const line = readLine(text)
          if (line) yield line
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      signal.removeEventListener('abort', end)
      output.destroy()
    }
  }
}

/** The bundle is ours, and what it quotes is JSON: a line that is not is a message of the runtime below it. */
function readLine(text: string): BundleLine | null {
  try {
    const line = JSON.parse(text) as BundleLine
    return typeof line.n === 'number' && typeof line.kind === 'string' ? line : null
  } catch {
    return null
  }
}
