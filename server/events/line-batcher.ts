import { StringDecoder } from 'node:string_decoder'
import type { BottleEvent, StepName } from '../contract/events.ts'

type Stream = 'stdout' | 'stderr'
type Output = Extract<BottleEvent, { type: 'output' }>

/** Whole lines wait this long for company … */
const FLUSH_MS = 50
/** … and not at all once there are this many … */
const FLUSH_LINES = 200
/** … or this much text, in UTF-16 units. */
const FLUSH_LENGTH = 256 * 1024
/** An unfinished line is shown at most this often. */
const PARTIAL_MS = 250
/** A longer line goes on in the next one, in UTF-16 units. */
const MAX_LINE = 16 * 1024

/** The unfinished end of one stream. */
class Tail {
  readonly decoder = new StringDecoder('utf8')
  text = ''
  /** What was last shown of it. */
  shown = ''
}

/**
 * Cuts the output of one step into whole lines and hands them on in batches, so that ten thousand lines a second cost
 * fifty events and not ten thousand.
 *
 * Chunks may end anywhere: inside a character, inside `\r\n`, in the middle of a line. A line that is overwritten with
 * `\r` (progress bars) is shown as `partial` while it changes and kept as it finally was. A line above 16 Ki characters
 * goes on in the next one. Order is kept, across both streams.
 */
export class LineBatcher implements Disposable {
  readonly #tails: Record<Stream, Tail> = { stdout: new Tail(), stderr: new Tail() }
  #lines: string[] = []
  #stream: Stream = 'stdout'
  #length = 0
  #timer: NodeJS.Timeout | undefined
  #partialAt = 0

  /** @param emit is called with 1 to 200 lines of one stream, or with one partial line */
  constructor(
    private readonly step: StepName,
    private readonly emit: (event: BottleEvent) => void,
  ) {}

  write(stream: Stream, chunk: Buffer | string): void {
    const tail = this.#tails[stream]
    const text = typeof chunk === 'string' ? chunk : tail.decoder.write(chunk)
    if (text === '') return
    const parts = (tail.text + text).split('\n')
    tail.text = overwritten(parts.pop()!)
    for (const line of parts) this.#add(stream, finished(line))
    if (tail.text.length > MAX_LINE) tail.text = this.#addPieces(stream, tail.text)
    this.#timer ??= setTimeout(() => this.#tick(), FLUSH_MS).unref()
  }

  /** Hands on everything, an unfinished line as a whole one. For the end of the step's output. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const stream of ['stdout', 'stderr'] as const) {
      const tail = this.#tails[stream]
      const rest = finished(tail.text + tail.decoder.end())
      tail.text = ''
      if (rest !== '') this.#add(stream, rest)
    }
    this.#send()
  }

  [Symbol.dispose](): void {
    this.flush()
  }

  #tick(): void {
    this.#timer = undefined
    this.#send()
    const now = performance.now()
    const wait = PARTIAL_MS - (now - this.#partialAt)
    for (const stream of ['stdout', 'stderr'] as const) {
      const tail = this.#tails[stream]
      const text = finished(tail.text)
      if (text === '' || text === tail.shown) continue
      if (wait > 0) {
        this.#timer ??= setTimeout(() => this.#tick(), wait).unref()
      } else {
        tail.shown = text
        this.#partialAt = now
        this.emit({ type: 'output', step: this.step, stream, text, partial: true })
      }
    }
  }

  #add(stream: Stream, line: string): void {
    this.#push(stream, this.#addPieces(stream, line))
  }

  /** Adds all but the last piece of a long line. @returns the last piece */
  #addPieces(stream: Stream, line: string): string {
    let from = 0
    while (line.length - from > MAX_LINE) {
      const end = from + MAX_LINE - (isHighSurrogate(line.charCodeAt(from + MAX_LINE - 1)) ? 1 : 0)
      this.#push(stream, line.slice(from, end))
      from = end
    }
    return from === 0 ? line : line.slice(from)
  }

  #push(stream: Stream, line: string): void {
    if (stream !== this.#stream) this.#send()
    this.#stream = stream
    this.#tails[stream].shown = ''
    this.#lines.push(line)
    this.#length += line.length + 1
    if (this.#lines.length >= FLUSH_LINES || this.#length >= FLUSH_LENGTH) this.#send()
  }

  #send(): void {
    if (this.#lines.length === 0) return
    const event: Output = {
      type: 'output',
      step: this.step,
      stream: this.#stream,
      text: `${this.#lines.join('\n')}\n`,
    }
    this.#lines = []
    this.#length = 0
    this.emit(event)
  }
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff

/** A whole line as a terminal would have left it: without the `\r` of `\r\n`, and without what a `\r` overwrote. */
const finished = (line: string): string => overwritten(line).replace(/\r+$/, '')

/** What stands after the last `\r` that something follows: the part of an unfinished line that is still to be seen. */
function overwritten(line: string): string {
  let end = line.length
  while (end > 0 && line.charCodeAt(end - 1) === 13) end -= 1
  return line.slice(line.lastIndexOf('\r', end - 1) + 1)
}
