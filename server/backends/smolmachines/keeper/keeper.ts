import { chmodSync, existsSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import type { IPty } from '@lydell/node-pty'
import { FRAME, type Frame, FrameReader, frame, json } from './frames.ts'
import { onBytes, writeBytes } from './pty-bytes.ts'
import { Recording } from './record.ts'

/** What a socket may have before it that was not taken yet, until the terminal is paused. */
const HIGH = 256 * 1024

/** Between two looks for its socket, once the agent has ended, milliseconds. */
const LOOK_MS = 30_000

export interface KeeperHello {
  want: 'terminal' | 'history' | 'state' | 'end'
  /** Of the history: epoch milliseconds; null: all. */
  since?: number | null
}

export interface KeeperState {
  /** Of the program that holds the agent's terminal. */
  pid: number
  running: boolean
  code: number | null
}

/**
 * Holds the terminal of one agent, and its latest output, while servers come and go. The program it holds is smolvm's
 * own client: when that ends, the agent has ended, and when that is ended, the agent is.
 */
export class Keeper {
  readonly #recording = new Recording()
  readonly #attached = new Set<Socket>()
  readonly #watching = new Set<Socket>()
  readonly #server: Server
  #code: number | null = null
  #running = true

  constructor(
    private readonly pty: IPty,
    private readonly socketFile: string,
    private readonly onEnd: () => void,
  ) {
    this.#server = createServer((socket) => this.#accept(socket))
    onBytes(pty, (bytes) => this.output(bytes))
    pty.onExit(({ exitCode, signal }) => this.#exited(signal ? 128 + signal : exitCode))
  }

  async listen(): Promise<void> {
    rmSync(this.socketFile, { force: true })
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.socketFile, resolve)
    })
    chmodSync(this.socketFile, 0o600)
  }

  #accept(socket: Socket): void {
    const frames = new FrameReader()
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#attached.delete(socket)
      this.#watching.delete(socket)
      this.#flow()
    })
    socket.on('drain', () => this.#flow())
    socket.on('data', (chunk) => {
      try {
        for (const each of frames.read(chunk)) this.#heed(each, socket)
      } catch {
        socket.destroy()
      }
    })
  }

  #heed(said: Frame, socket: Socket): void {
    switch (said.kind) {
      case FRAME.hello:
        this.#hello(json<KeeperHello>(said), socket)
        return
      case FRAME.bytes:
        if (this.#running && this.#attached.has(socket)) writeBytes(this.pty, said.payload)
        return
      case FRAME.resize: {
        const { cols, rows } = json<{ cols: number; rows: number }>(said)
        if (this.#running) this.pty.resize(Math.max(1, Math.trunc(cols)), Math.max(1, Math.trunc(rows)))
      }
    }
  }

  #hello({ want, since = null }: KeeperHello, socket: Socket): void {
    const state: KeeperState = { pid: this.pty.pid, running: this.#running, code: this.#code }
    socket.write(frame(FRAME.state, state))
    if (want === 'history') {
      for (const bytes of this.#recording.from(since)) socket.write(frame(FRAME.bytes, bytes))
      socket.end()
      return
    }
    if (want === 'end') {
      socket.end()
      this.end()
      return
    }
    if (want === 'terminal' && since !== null)
      for (const bytes of this.#recording.from(since)) socket.write(frame(FRAME.bytes, bytes))
    if (!this.#running) socket.end(frame(FRAME.exit, { code: this.#code }))
    else (want === 'terminal' ? this.#attached : this.#watching).add(socket)
  }

  /** Bytes of the terminal, in their order. */
  output(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#recording.add(bytes)
    for (const socket of this.#attached) socket.write(frame(FRAME.bytes, bytes))
    this.#flow()
  }

  /** The slowest who is attached decides, as with a terminal that nobody reads. */
  #flow(): void {
    const full = [...this.#attached].some((socket) => socket.writableLength > HIGH)
    if (full) this.pty.pause()
    else this.pty.resume()
  }

  #exited(code: number): void {
    this.#running = false
    this.#code = code
    for (const socket of [...this.#attached, ...this.#watching]) socket.end(frame(FRAME.exit, { code }))
    // It stays to tell of the end until it is told to go; where its home was deleted, nobody would.
    setInterval(() => existsSync(this.socketFile) || this.end(), LOOK_MS).unref()
  }

  /** Ends the agent, and this. */
  end(): void {
    if (this.#running) this.pty.kill('SIGHUP')
    this.#server.close()
    rmSync(this.socketFile, { force: true })
    this.onEnd()
  }
}
