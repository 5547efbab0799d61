import type { Readable } from 'node:stream'
import type { StepOutput } from '../bottles/step-output.ts'
import type { BuildOptions, Docker } from '../engine/docker.ts'
import { isNoSpace, NO_SPACE_HINT } from '../engine/engine-errors.ts'
import { HintedError } from '../errors.ts'

/** A Dockerfile's text, and its path as shown to the operator. */
export interface DockerfileSource {
  text: string
  shown: string
}

/**
 * Builds an image, its output line by line in the step's log.
 *
 * @throws HintedError whose message is the failing instruction, with its line in the Dockerfile, and the last thing it said
 */
export async function buildImage(
  docker: Docker,
  { context, source, ...options }: BuildOptions & { context: Readable; source: DockerfileSource },
  output: StepOutput,
  signal: AbortSignal,
): Promise<void> {
  let step: BuildStep = { number: 0, instruction: '' }
  let last = ''
  // Destroying the stream ends a build as if it had succeeded; the signal ends it as aborted.
  for await (const { stream, error, status, id } of docker.build(context, options, signal)) {
    if (error) throw failure(error, step, last, source)
    if (status) output.say(id ? `${id}: ${status}` : status)
    if (!stream) continue
    output.write(stream)
    const begun = stepBegun(stream)
    if (begun) {
      step = begun
      last = ''
      output.progress(
        { unit: 'items', done: begun.number - 1, total: begun.of, note: begun.instruction },
        { final: true },
      )
    } else {
      last = lastLine(stream) ?? last
    }
  }
  signal.throwIfAborted()
}

interface BuildStep {
  number: number
  instruction: string
}

function stepBegun(stream: string): (BuildStep & { of: number }) | null {
  const [, number, of, instruction] = /^Step (\d+)\/(\d+) : (.*)/.exec(stream) ?? []
  return number && of && instruction ? { number: Number(number), of: Number(of), instruction } : null
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the classic builder wraps stderr in colours
const COLOURS = /\x1b\[[\d;]*m/g

/** The last line with something on it, without colours; lines of the builder itself (`--->`) do not count. */
function lastLine(chunk: string): string | null {
  const lines = chunk.replace(COLOURS, '').split(/[\r\n]+/)
  const spoken = lines.map((line) => line.trim()).filter((line) => line && !/^(--->|Removing intermediate)/.test(line))
  return spoken.at(-1) ?? null
}

function failure(
  error: string,
  { number, instruction }: BuildStep,
  last: string,
  source: DockerfileSource,
): HintedError {
  const line = instructionLines(source.text)[number - 1]
  const where = line ? `${source.shown}:${line}` : source.shown
  const said = last || error
  const what = instruction ? `“${shorten(instruction)}” failed: ${said}` : error
  return new HintedError(
    `${where}: ${what}`,
    isNoSpace(error) || isNoSpace(last)
      ? NO_SPACE_HINT
      : `Correct ${where} or what it needs; all of its output is in the log of this step.`,
  )
}

const shorten = (text: string) => (text.length > 160 ? `${text.slice(0, 159)}…` : text)

/** 1-based line at which each instruction begins: the builder tells their number, an operator wants the line. */
export function instructionLines(dockerfile: string): number[] {
  const begins: number[] = []
  let continued = false
  for (const [index, line] of dockerfile.split('\n').entries()) {
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    if (!continued) begins.push(index + 1)
    continued = text.endsWith('\\')
  }
  return begins
}
