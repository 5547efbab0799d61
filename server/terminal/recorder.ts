import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'
import type { TtySize } from '../bottles/backend.ts'
import type { SecretBlanker } from './secret-blanker.ts'

const FLUSH_MS = 100
/** A disk that refuses to write is tried again after this long. */
const RETRY_MS = 10_000
/** Largest recording, bytes; after that the file ends with a marker. */
const LARGEST = 64 * 1024 * 1024
/** What a flood may add at once, bytes, and what is added to that for every second. */
const BURST = 8 * 1024 * 1024
const PER_SECOND = 1024 * 1024

type Event = readonly [seconds: number, kind: 'o' | 'r' | 'm', data: string]

/**
 * Records a terminal as asciicast v2, appended to across restarts of the server, readable by the operator only.
 * Floods are cut short with a mark in the picture, so that one `cat` of a large file does not use up the space of a
 * day's work; a full disk costs what could not be written, and a marker says how much.
 *
 * @see https://docs.asciinema.org/manual/asciicast/v2/
 */
export class Recorder {
  #lines: string[] = []
  #pending = 0
  #written = 0
  #left = BURST
  #leftAt = Date.now()
  #skipped = 0
  #full = false
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()
  #lastTry = 0

  private constructor(
    private readonly file: FileHandle,
    private readonly startedAt: number,
    private readonly blanker: SecretBlanker,
  ) {}

  /**
   * @param folder the bottle's state folder; the recording is its `terminal.cast`
   * @param size of the terminal now
   * @throws what the file system says
   */
  static async open(folder: string, size: TtySize, blanker: SecretBlanker): Promise<Recorder> {
    const file = await open(path.join(folder, 'terminal.cast'), 'a+', 0o600)
    const { size: bytes } = await file.stat()
    const begun = bytes > 0 ? await startOf(file) : null
    const recorder = new Recorder(file, begun ?? Date.now(), blanker)
    recorder.#written = bytes
    recorder.#full = bytes >= LARGEST
    if (bytes === 0) {
      const timestamp = Math.floor(recorder.startedAt / 1000)
      recorder.#add(`${JSON.stringify({ version: 2, width: size.cols, height: size.rows, timestamp })}\n`)
    } else {
      // The server may have been killed in the middle of a line; players skip an empty one.
      recorder.#add('\n')
      recorder.resize(size)
    }
    return recorder
  }

  /** Bytes that are not on disk yet. */
  get backlog(): number {
    return this.#pending
  }

  /** @param bytes cut between characters */
  output(bytes: Uint8Array): void {
    if (this.#full) return
    const now = Date.now()
    this.#left = Math.min(BURST, this.#left + ((now - this.#leftAt) / 1000) * PER_SECOND)
    this.#leftAt = now
    if (bytes.length > this.#left || (this.#skipped > 0 && this.#left < PER_SECOND)) {
      this.#skipped += bytes.length
      return
    }
    this.#left -= bytes.length
    if (this.#skipped > 0) {
      // CAN ends whatever sequence the cut went through.
      this.#event(
        'o',
        `\x18\x1b[0m\r\n[${(this.#skipped / 1e6).toFixed(1)} MB of output are not in this recording]\r\n`,
      )
      this.#skipped = 0
    }
    const text = this.blanker.stream(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'))
    if (text !== '') this.#event('o', text)
  }

  resize({ cols, rows }: TtySize): void {
    this.#event('r', `${cols}x${rows}`)
  }

  marker(text: string): void {
    this.#event('m', text)
  }

  /** Everything so far is on disk, or could not be written. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flushing = this.#flushing.then(() => this.#write())
    await this.#flushing
  }

  async close(): Promise<void> {
    const rest = this.blanker.rest()
    if (rest !== '') this.#event('o', rest)
    await this.flush()
    await this.file.close().catch(() => undefined)
  }

  #event(kind: Event[1], data: string): void {
    if (this.#full) return
    const event: Event = [Math.round((Date.now() - this.startedAt) * 1000) / 1e6, kind, data]
    this.#add(`${JSON.stringify(event)}\n`)
  }

  #add(line: string): void {
    this.#lines.push(line)
    this.#pending += line.length
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS)
  }

  async #write(): Promise<void> {
    if (this.#lines.length === 0) return
    const bytes = Buffer.from(this.#lines.join(''))
    this.#lines = []
    this.#pending = 0
    if (this.#lastTry > 0 && Date.now() - this.#lastTry < RETRY_MS) {
      this.#skipped += bytes.length
      return
    }
    try {
      await this.file.appendFile(bytes)
      this.#written += bytes.length
      this.#lastTry = 0
    } catch {
      this.#lastTry = Date.now()
      this.#skipped += bytes.length
    }
    if (this.#written < LARGEST || this.#full) return
    this.marker('This recording is full; what followed was not recorded.')
    this.#full = true
  }
}

/** When the recording began, epoch milliseconds; null when its first line cannot be read. */
async function startOf(file: FileHandle): Promise<number | null> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
  try {
    const header = JSON.parse(buffer.subarray(0, bytesRead).toString('utf8').split('\n', 1)[0] ?? '') as unknown
    if (typeof header !== 'object' || header === null || !('timestamp' in header)) return null
    return typeof header.timestamp === 'number' ? header.timestamp * 1000 : null
  } catch {
    return null
  }
}
