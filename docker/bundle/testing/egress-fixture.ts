import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls'
import { onTestFinished } from 'vitest'
import type { EgressAudit } from '../../../server/contract/egress.ts'
import { LeafIssuer, mintCa, type PemPair } from '../egress/leaf-issuer.ts'
import { Egress, type EgressOptions } from '../egress/proxy.ts'
import type { Scanner } from '../egress/scanning.ts'
import { compileTable, type RouteTable } from '../egress/table.ts'
import { openTunnel, secure } from './raw-client.ts'

export const HOST = 'api.test'
export const TOKEN = 'sk-real-token-0123456789abcdef'
export const NOTHING_FOUND: Scanner = { outbound: async () => ({ findings: [] }), window: async () => [] }

export const tableFor = (port: number, route: object = {}, top: object = {}): RouteTable =>
  compileTable(
    JSON.stringify({
      version: 1,
      log: 1,
      resolve: {},
      ...top,
      routes: [
        {
          host: HOST,
          ports: [port],
          origin: { kind: 'bottle', name: 'b' },
          auth: { scheme: 'Bearer', header: 'authorization', slot: 'API' },
          matches: [],
          gitFetch: false,
          scan: { outbound: [], inbound: [], onMatch: 'block' },
          ...route,
        },
      ],
    }),
  )

export interface Upstream {
  port: number
  ca: string
  /** The authority itself, for certificates that its server is not meant to have. */
  authority: PemPair
  server: TlsServer
}

/** What listens behind egress until the test is over: any TLS server, with a certificate of an authority made for it. */
export async function listening(make: (leaf: PemPair) => ReturnType<typeof createTlsServer>): Promise<Upstream> {
  const ca = await mintCa('test origin')
  const server = make(await (await LeafIssuer.open(ca)).leaf(HOST))
  const open = new Set<TLSSocket>()
  server.on('secureConnection', (socket: TLSSocket) => {
    open.add(socket)
    socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  return { port: (server.address() as AddressInfo).port, ca: ca.certificate, authority: ca, server }
}

/** An upstream that says whatever `onRequest` writes, once headers have come. */
export const rawUpstream = (onRequest: (socket: TLSSocket, head: string) => void): Promise<Upstream> =>
  listening(({ certificate, key }) =>
    createTlsServer({ cert: certificate, key }, (socket) => {
      let head = ''
      socket.on('data', (chunk) => {
        const had = head.includes('\r\n\r\n')
        head += chunk.toString('latin1')
        if (!had && head.includes('\r\n\r\n')) onRequest(socket, head)
      })
    }),
  )

export const httpUpstream = (handler: Parameters<typeof createHttpsServer>[1]): Promise<Upstream> =>
  listening(({ certificate, key }) => createHttpsServer({ cert: certificate, key }, handler))

export interface Running {
  egress: Egress
  port: number
  guestCa: string
  audit: EgressAudit[]
  /** TLS through a new tunnel. */
  tunnel(): Promise<TLSSocket>
  close(): Promise<void>
}

/** Runs until the test is over. */
export async function startEgress(
  upstream: Pick<Upstream, 'port' | 'ca'>,
  options: Partial<EgressOptions> = {},
): Promise<Running & { at: string }> {
  const ca = await mintCa('test')
  const audit: EgressAudit[] = []
  const egress = new Egress({
    table: tableFor(upstream.port),
    tokens: new Map([['API', TOKEN]]),
    issuer: await LeafIssuer.open(ca),
    scanner: NOTHING_FOUND,
    audit: (line) => audit.push(line),
    upstreamCa: [upstream.ca],
    lookup: { resolver: async () => [{ address: '127.0.0.1', family: 4 }], vet: () => true },
    ...options,
  })
  onTestFinished(() => egress.close())
  const port = await egress.listen(0, '127.0.0.1')
  const at = `${HOST}:${upstream.port}`
  return {
    egress,
    port,
    at,
    guestCa: ca.certificate,
    audit,
    async tunnel() {
      const socket = await openTunnel(port, at)
      if (typeof socket === 'string') throw new Error(socket)
      return secure(socket, ca.certificate, HOST)
    },
    close: () => egress.close(),
  }
}
