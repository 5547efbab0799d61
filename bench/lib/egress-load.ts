import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import { HOST, type Way } from './egress-rig.ts'

const ANSWER_END = 'ok'

/** TLS to the upstream, straight or through a proxy. */
export async function open(way: Way, address: string, port: number): Promise<TLSSocket> {
  const socket: Socket = connect(way.proxy ?? port, way.proxy === null ? address : '127.0.0.1')
  await once(socket, 'connect')
  if (way.proxy !== null) {
    socket.write(`CONNECT ${HOST}:${port} HTTP/1.1\r\nHost: ${HOST}:${port}\r\n\r\n`)
    const [reply] = (await once(socket, 'data')) as [Buffer]
    if (!/^HTTP\/1.1 200/.test(reply.toString())) throw new Error(`${way.name}: ${reply}`)
  }
  const tls = tlsConnect({ socket, ca: way.ca, servername: HOST, ALPNProtocols: ['http/1.1'] })
  await once(tls, 'secureConnect')
  return tls
}

/** Small requests, one after another on each connection. @returns milliseconds of each */
export async function smallRequests(
  way: Way,
  where: { address: string; port: number },
  { connections, forMs }: { connections: number; forMs: number },
): Promise<number[]> {
  const request = [
    `GET /v1/small HTTP/1.1\r\nHost: ${HOST}:${where.port}\r\nUser-Agent: agent/2.1 (external, cli)\r\nAccept: application/json\r\n`,
    'Content-Type: application/json\r\nX-Version: 2023-06-01\r\nX-Runtime: node\r\nAccept-Language: en\r\n\r\n',
  ].join('')
  const times: number[] = []
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(way, where.address, where.port)))
  const until = performance.now() + forMs
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve, reject) => {
          let at = performance.now()
          socket.on('data', (chunk: Buffer) => {
            if (chunk.subarray(0, 9).equals(BEGIN) && chunk[9] !== 0x32) {
              return reject(new Error(`${way.name}: ${chunk.toString('latin1')}`))
            }
            if (!chunk.subarray(-2).equals(END)) return
            const now = performance.now()
            times.push(now - at)
            if (now > until) {
              socket.destroy()
              return resolve()
            }
            at = now
            socket.write(request)
          })
          socket.once('error', reject)
          socket.write(request)
        }),
    ),
  )
  return times
}
const BEGIN = Buffer.from('HTTP/1.1 ')
const END = Buffer.from(ANSWER_END)

/** @returns MB/s of a body that comes down */
export async function download(way: Way, where: { address: string; port: number }, bytes: number): Promise<number> {
  const socket = await open(way, where.address, where.port)
  const startedAt = performance.now()
  let left = bytes
  await new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      left -= chunk.length
      if (left <= 0) resolve()
    })
    socket
      .once('error', reject)
      .once('close', () => reject(new Error(`${way.name}: cut while ${left} bytes were left`)))
    socket.write(`GET /down/${bytes} HTTP/1.1\r\nHost: ${HOST}:${where.port}\r\n\r\n`)
  })
  socket.destroy()
  return bytes / 1e6 / ((performance.now() - startedAt) / 1000)
}

/** @returns MB/s of a body that goes up, until it is answered */
export async function upload(way: Way, where: { address: string; port: number }, bytes: number): Promise<number> {
  const socket = await open(way, where.address, where.port)
  const block = Buffer.alloc(256 * 1024, 'The quick brown fox jumps over the lazy dog. ')
  const startedAt = performance.now()
  const answered = once(socket, 'data') as Promise<[Buffer]>
  socket.write(`POST /up HTTP/1.1\r\nHost: ${HOST}:${where.port}\r\nContent-Length: ${bytes}\r\n\r\n`)
  for (let left = bytes; left > 0; left -= block.length) {
    if (!socket.write(block.subarray(0, Math.min(left, block.length)))) await once(socket, 'drain')
  }
  const [reply] = await answered
  if (!/^HTTP\/1.1 200/.test(reply.toString())) throw new Error(`${way.name}: ${reply.toString().slice(0, 200)}`)
  socket.destroy()
  return bytes / 1e6 / ((performance.now() - startedAt) / 1000)
}
