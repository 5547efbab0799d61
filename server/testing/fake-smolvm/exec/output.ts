import { agentFailed } from '../failure.ts'

/** Of each stream, in a plain exec. */
export const CAP = 11 * 1024 * 1024

export interface Output {
  stdout(chunk: Buffer): void
  stderr(chunk: Buffer): void
  /** Writes what was held back. @throws Failure when a version that says so had too much */
  flush(): void
}

/** `--stream` and terminals: as it comes. Writes to pipes block here, which is what slows a fast program down. */
export const liveOutput = (): Output => ({
  stdout: (chunk) => void process.stdout.write(chunk),
  stderr: (chunk) => void process.stderr.write(chunk),
  flush() {},
})

/** Plain exec: nothing before the end, then one stream after the other. */
export function heldOutput(overflowIsError: boolean): Output {
  const [stdout, stderr] = [new Held(), new Held()]
  return {
    stdout: (chunk) => stdout.add(chunk),
    stderr: (chunk) => stderr.add(chunk),
    flush() {
      if (overflowIsError && (stdout.cut || stderr.cut)) {
        throw agentFailed('exec', `output exceeds ${CAP} bytes; use --stream`)
      }
      // At once: who reads must not see half of what was held back.
      process.stdout.write(Buffer.concat(stdout.chunks))
      process.stderr.write(Buffer.concat(stderr.chunks))
    },
  }
}

class Held {
  readonly chunks: Buffer[] = []
  cut = false
  private room = CAP

  add(chunk: Buffer): void {
    if (chunk.length > this.room) this.cut = true
    if (this.room > 0) this.chunks.push(chunk.subarray(0, this.room))
    this.room = Math.max(0, this.room - chunk.length)
  }
}
