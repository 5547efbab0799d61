import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import type { WebSocket } from 'ws'
import type { TtySize, TtyStream } from '../bottles/backend.ts'
import type { TtyFromPage, TtyToPage } from '../contract/tty.ts'

/** A program's terminal without a program: tests play the program. */
export class ScriptedTty implements TtyStream {
  readonly output = new PassThrough({ highWaterMark: 64 * 1024 })
  readonly typed: string[] = []
  readonly sizes: TtySize[] = []
  closed = false
  /** Set to make the program slow to read. */
  full: Promise<void> | undefined
  #exit!: (code: number | null) => void
  readonly exited = new Promise<number | null>((resolve) => {
    this.#exit = resolve
  })

  prints(text: string | Uint8Array): void {
    this.output.write(text)
  }

  exits(code: number): void {
    this.output.end()
    this.#exit(code)
  }

  write(bytes: Uint8Array): boolean {
    this.typed.push(Buffer.from(bytes).toString('utf8'))
    return this.full === undefined
  }

  async drained(): Promise<void> {
    await this.full
  }

  async resize(size: TtySize): Promise<void> {
    this.sizes.push(size)
  }

  async close(): Promise<void> {
    this.closed = true
    this.output.destroy()
  }
}

/** A page's end of a session, in memory. It draws (acknowledges) only when told to. */
export class ScriptedPage extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  paused = false
  readonly messages: TtyToPage[] = []
  closed: { code: number } | undefined
  #bytes: Buffer[] = []
  #unacked = 0

  get socket(): WebSocket {
    return this as unknown as WebSocket
  }

  /** What came as bytes since the last snapshot. */
  get text(): string {
    return Buffer.concat(this.#bytes).toString('utf8')
  }

  get unacked(): number {
    return this.#unacked
  }

  last<T extends TtyToPage['type']>(type: T): Extract<TtyToPage, { type: T }> | undefined {
    return this.messages.findLast((message): message is Extract<TtyToPage, { type: T }> => message.type === type)
  }

  says(message: TtyFromPage): void {
    this.emit('message', Buffer.from(JSON.stringify(message)), false)
  }

  types(text: string): void {
    this.emit('message', Buffer.from(text), true)
  }

  draws(): void {
    const bytes = this.#unacked
    this.#unacked = 0
    this.says({ type: 'ack', bytes })
  }

  leaves(): void {
    this.readyState = 3
    this.emit('close')
  }

  send(data: string | Uint8Array): void {
    if (typeof data === 'string') {
      const message = JSON.parse(data) as TtyToPage
      if (message.type === 'snapshot') this.#bytes = []
      this.messages.push(message)
    } else {
      this.#bytes.push(Buffer.from(data))
      this.#unacked += data.length
    }
    this.emit('received')
  }

  close(code: number): void {
    this.closed = { code }
    this.readyState = 2
    this.emit('received')
  }

  ping(): void {}

  terminate(): void {
    this.leaves()
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  /** Resolves when what came so far fulfils a condition. */
  async until(isMet: () => boolean): Promise<void> {
    while (!isMet()) await new Promise((resolve) => this.once('received', resolve))
  }
}
