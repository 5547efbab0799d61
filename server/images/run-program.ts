import { execa } from 'execa'
import type { StepOutput } from '../bottles/step-output.ts'
import { HintedError } from '../errors.ts'

/**
 * Runs a program of the host, its output line by line in the step's log.
 *
 * @throws HintedError with the program's last words when it fails
 */
export async function runProgram(
  [file, ...args]: readonly [string, ...string[]],
  { output, signal, env }: { output: StepOutput; signal: AbortSignal; env?: Readonly<Record<string, string>> },
): Promise<void> {
  const running = execa(file, args, {
    stdin: 'ignore',
    buffer: false,
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: 2_000,
    ...(env && { env }),
  })
  let last = ''
  const listen = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
    output.write(chunk, stream)
    last = chunk.toString().trim().split('\n').at(-1) || last
  }
  running.stdout.on('data', listen('stdout'))
  running.stderr.on('data', listen('stderr'))
  const { failed, exitCode, originalMessage } = await running
  signal.throwIfAborted()
  if (failed) {
    throw new HintedError(
      `${file} failed${exitCode === undefined ? '' : ` with code ${exitCode}`}: ${last || originalMessage || 'no output'}`,
      'The log of the step has its output.',
    )
  }
}
