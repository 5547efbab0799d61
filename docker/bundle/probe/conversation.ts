import { connect, type Socket } from 'node:net'
import { answersIn, type DnsAnswer, framed, question } from './dns-message.ts'

export const NO_SUCH_NAME = 3

/** Questions to a resolver, all at once on one connection. The id of each is its place. */
export class Conversation {
  answers: DnsAnswer[] = []
  /** `done`: the last was answered, or nobody listens. `broken`: it hung up before. */
  state: 'open' | 'done' | 'broken' = 'open'
  readonly over: Promise<void>
  readonly #socket: Socket

  constructor(at: { host: string; port: number }, names: readonly string[]) {
    this.#socket = connect(at)
    this.over = new Promise((resolve) => {
      const settle = (state: 'done' | 'broken') => {
        if (this.state === 'open') this.state = state
        resolve()
      }
      let received = Buffer.alloc(0)
      this.#socket
        .once('connect', () => this.#socket.write(Buffer.concat(names.map((name, i) => framed(question(i, name))))))
        .on('data', (chunk) => {
          received = Buffer.concat([received, chunk])
          this.answers = answersIn(received)
          if (this.answers.some(({ id }) => id === names.length - 1)) settle('done')
        })
        .once('error', (error: NodeJS.ErrnoException) => settle(error.code === 'ECONNREFUSED' ? 'done' : 'broken'))
        .once('close', () => settle('broken'))
    })
  }

  end(): void {
    this.#socket.destroy()
  }
}
