import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'
import { createSecureContext } from 'node:tls'
import { LeafIssuer, type PemPair } from '../../../docker/bundle/egress/leaf-issuer.ts'

/** One request as it arrived. */
export interface Arrived {
  method: string
  url: string
  host: string
  rawHeaders: readonly string[]
  /** Its first 4 MiB. */
  body: string
  /** Bytes of the whole body. */
  size: number
}

const KEPT = 4 * 1024 * 1024 // bytes of a body

export type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void

/** A TLS server on every address of this machine, as egress sees it: what lies beyond the boundary. */
export class Side implements AsyncDisposable {
  readonly arrived: Arrived[] = []
  /** Addresses of all who so much as connected. */
  readonly connected: string[] = []
  answer: Answer = (_request, response) => void response.end('ok')

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** @param port 0: any. @param host address to listen on */
  static async open(ca: PemPair, names: readonly string[], port = 0, host = '0.0.0.0'): Promise<Side> {
    const issuer = await LeafIssuer.open(ca)
    const leaves = new Map(await Promise.all(names.map(async (name) => [name, await issuer.leaf(name)] as const)))
    const [first] = leaves.values()
    const server = createServer({
      cert: first!.certificate,
      key: first!.key,
      SNICallback(name, done) {
        const leaf = leaves.get(name) ?? first!
        done(null, createSecureContext({ cert: leaf.certificate, key: leaf.key }))
      },
    })
    await listening(server, port, host)
    const side = new Side(server, (server.address() as AddressInfo).port)
    server.on('connection', (socket: Socket) => side.connected.push(socket.remoteAddress ?? ''))
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void side.#serve(request, response))
    server.on('tlsClientError', () => {})
    return side
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    let size = 0
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        if (size < KEPT) chunks.push(chunk)
        size += chunk.length
      }
    } catch {
      return
    }
    const body = Buffer.concat(chunks)
    const { method = '', url = '', headers, rawHeaders } = request
    this.arrived.push({ method, url, host: headers.host ?? '', rawHeaders, body: body.toString('latin1'), size })
    this.answer(request, response, body)
  }

  /** Forgets who came, and answers as at first. */
  forget(): void {
    this.answer = (_request, response) => void response.end('ok')
    this.arrived.length = 0
    this.connected.length = 0
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve())
      this.server.closeAllConnections()
    })
  }
}

export function listening(server: TcpServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })
}

/** A listener that says nothing, such as a service of this machine. */
export async function openTcp(host: string): Promise<{ port: number } & AsyncDisposable> {
  const server = createTcpServer((socket) => socket.destroy())
  await listening(server, 0, host)
  const { port } = server.address() as AddressInfo
  return { port, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) }
}
