import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { LeafIssuer, mintCa } from '../egress/leaf-issuer.ts'

export interface Origin {
  port: number
  /** PEM of the authority that signed it. */
  ca: string
  /** What reached it, in order. */
  seen: { method: string; url: string; host: string; rawHeaders: string[]; body: Buffer }[]
  server: Server
  close(): Promise<void>
}

/** A TLS upstream on loopback that remembers what reached it. Without `answer` it says 200 and `ok`. */
export async function startOrigin(
  host: string,
  answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void = (_request, response) =>
    response.end('ok'),
): Promise<Origin> {
  const ca = await mintCa('test origin')
  const { certificate, key } = await (await LeafIssuer.open(ca)).leaf(host)
  const seen: Origin['seen'] = []
  const server = createServer({ cert: certificate, key }, async (request, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk)
    } catch {
      return
    }
    const body = Buffer.concat(chunks)
    const { method = '', url = '', headers, rawHeaders } = request
    seen.push({ method, url, host: headers.host ?? '', rawHeaders, body })
    answer(request, response, body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    ca: ca.certificate,
    seen,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
