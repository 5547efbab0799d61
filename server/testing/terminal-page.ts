import { EventEmitter, once } from 'node:events'
import serialize from '@xterm/addon-serialize'
import headless from '@xterm/headless'
import { WebSocket } from 'ws'
import { ACK_EVERY, TTY_PROTOCOL, type TtyFromPage, type TtyToPage } from '../contract/tty.ts'

/** A browser's page without a browser: draws what comes with xterm, acknowledges what it has drawn, answers queries. */
export class TerminalPage extends EventEmitter {
  readonly terminal = new headless.Terminal({
    cols: 80,
    rows: 24,
    scrollback: 5000,
    allowProposedApi: true,
    logLevel: 'off',
  })
  readonly messages: TtyToPage[] = []
  /** All bytes that came, without what snapshots brought. */
  bytes = 0
  closeCode: number | undefined
  readonly #serializer = new serialize.SerializeAddon()
  #drawn = 0
  #drawing = true

  private constructor(readonly socket: WebSocket) {
    super()
    this.terminal.loadAddon(this.#serializer)
    this.terminal.onData((text) => this.types(text))
    socket.on('message', (data: Buffer, isBinary) => (isBinary ? this.#draw(data) : this.#told(data)))
    socket.on('close', (code) => {
      this.closeCode = code
      this.emit('changed')
    })
    socket.on('error', () => undefined)
  }

  /** Opens a session and waits for its first picture. */
  static async open(port: number, session = 'agent'): Promise<TerminalPage> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/?session=${session}`, TTY_PROTOCOL, {
      perMessageDeflate: false,
    })
    const page = new TerminalPage(socket)
    await once(socket, 'open')
    await page.until(() => page.last('snapshot') !== undefined || page.closeCode !== undefined)
    return page
  }

  last<T extends TtyToPage['type']>(type: T): Extract<TtyToPage, { type: T }> | undefined {
    return this.messages.findLast((message): message is Extract<TtyToPage, { type: T }> => message.type === type)
  }

  says(message: TtyFromPage): void {
    this.socket.send(JSON.stringify(message))
  }

  types(text: string): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(Buffer.from(text))
  }

  resizes(cols: number, rows: number): void {
    this.says({ type: 'resize', cols, rows })
    this.terminal.resize(cols, rows)
  }

  /** Stops drawing: bytes are still read, as a busy browser does, and not acknowledged. */
  stopsDrawing(): void {
    this.#drawing = false
  }

  drawsAgain(): void {
    this.#drawing = true
    this.#acknowledge(0)
  }

  /** The lines on the screen, without blanks at their end. */
  screen(): string[] {
    const { active } = this.terminal.buffer
    return Array.from(
      { length: this.terminal.rows },
      (_, y) =>
        active
          .getLine(active.baseY + y)
          ?.translateToString(true)
          .trimEnd() ?? '',
    )
  }

  /** Everything that can be scrolled to, with attributes: equal texts are equal terminals. */
  picture(): string {
    return this.#serializer.serialize()
  }

  shows(text: string): boolean {
    return this.screen().some((line) => line.includes(text))
  }

  /** @throws Error that says what was on the screen, when it does not come true within the limit */
  async until(isMet: () => boolean, what = String(isMet), limitMs = 20_000): Promise<void> {
    const signal = AbortSignal.timeout(limitMs)
    while (!isMet()) {
      await once(this, 'changed', { signal }).catch(() => {
        throw new Error(`Waited for: ${what}\nOn the screen:\n${this.screen().join('\n')}`)
      })
    }
  }

  leaves(): void {
    this.socket.close()
  }

  #draw(data: Buffer): void {
    this.bytes += data.length
    this.terminal.write(data, () => {
      this.#acknowledge(data.length)
      this.emit('changed')
    })
  }

  #acknowledge(bytes: number): void {
    this.#drawn += bytes
    if (!this.#drawing || this.#drawn < ACK_EVERY) return
    this.says({ type: 'ack', bytes: this.#drawn })
    this.#drawn = 0
  }

  #told(data: Buffer): void {
    const message = JSON.parse(data.toString('utf8')) as TtyToPage
    this.messages.push(message)
    if (message.type === 'snapshot' || message.type === 'size') {
      this.terminal.write('', () => this.terminal.resize(message.cols, message.rows))
    }
    if (message.type === 'snapshot') this.terminal.write(`\x18\x1bc${message.data}`, () => this.emit('changed'))
    else this.emit('changed')
  }
}
