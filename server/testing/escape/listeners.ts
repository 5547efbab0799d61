import { createSocket, type Socket } from 'node:dgram'
import { networkInterfaces } from 'node:os'

/** Every IPv4 address of this machine but loopback. */
export const hostAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).flatMap(({ address, family, internal }) => (family === 'IPv4' && !internal ? [address] : [])),
  )

/** Keeps what it is sent, and answers nothing. */
export class DatagramLogger implements AsyncDisposable {
  readonly #heard: string[] = []
  private constructor(private readonly socket: Socket) {
    socket.on('message', (message) => this.#heard.push(message.toString('latin1')))
  }

  /** @throws what the machine says when the port is taken */
  static async open(port: number, host: string): Promise<DatagramLogger> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(port, host, resolve))
    return new DatagramLogger(socket)
  }

  get port(): number {
    return this.socket.address().port
  }

  heard(text: string): boolean {
    return this.#heard.some((message) => message.includes(text))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => this.socket.close(() => resolve()))
  }
}
