import { connect, type Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'

/** Bytes until the other side closes, or has been silent for `quietMs` after saying something. */
export function collect(socket: Socket, quietMs = 300, limitMs = 5000): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    let quiet: NodeJS.Timeout | undefined
    const done = () => {
      clearTimeout(quiet)
      clearTimeout(limit)
      socket.destroy()
      resolve(text)
    }
    const limit = setTimeout(done, limitMs)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      clearTimeout(quiet)
      quiet = setTimeout(done, quietMs)
    })
    socket.on('close', done).on('error', done)
  })
}

/** Sends exactly these bytes to the proxy and gives back all that it says. */
export function rawExchange(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
  return collect(socket)
}

/** Opens a tunnel. @returns the plain socket after 200, or the refusal */
export function openTunnel(port: number, authority: string): Promise<Socket | string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`),
    )
    socket.once('error', reject)
    let text = ''
    const read = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      if (text.startsWith('HTTP/1.1 200')) {
        socket.off('data', read).off('error', reject)
        return resolve(socket)
      }
      if (!text.trimEnd().endsWith('}')) return
      socket.destroy()
      resolve(text)
    }
    socket.on('data', read)
  })
}

/** TLS through a tunnel. @param servername what is asked for in SNI; empty for none */
export function secure(socket: Socket, ca: string, servername: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const tls = tlsConnect(
      { socket, ca, checkServerIdentity: () => undefined, ...(servername && { servername }) },
      () => resolve(tls),
    )
    tls.once('error', reject)
    tls.once('close', () => reject(new Error('closed')))
  })
}

/** Exactly these bytes inside a tunnel to `host:443`, and all that comes back. */
export async function insideTunnel(
  port: number,
  ca: string,
  authority: string,
  bytes: string | Buffer,
): Promise<string> {
  const tunnel = await openTunnel(port, authority)
  if (typeof tunnel === 'string') return tunnel
  const tls = await secure(tunnel, ca, authority.slice(0, authority.lastIndexOf(':')))
  const reply = collect(tls)
  tls.write(bytes)
  return reply
}

/** Settles once there is room again, or nobody to read any more. */
export function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done)
      resolve()
    }
    stream.on('drain', done).on('close', done)
  })
}

/** All that a socket says until it closes. */
export function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')))
  })
}

/** Opens a connection and says nothing but CONNECT. @param localAddress another of loopback's, where ports run out */
export function halfOpen(
  port: number,
  at: string,
  localAddress = '127.0.0.1',
): Promise<{ status: number; end(): void }> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress }, () =>
      socket.write(`CONNECT ${at} HTTP/1.1\r\nHost: ${at}\r\n\r\n`),
    )
    const done = (status: number) => resolve({ status, end: () => socket.destroy() })
    socket.once('data', (chunk) => done(Number(chunk.toString('latin1').slice(9, 12))))
    socket.once('error', () => done(0)).once('close', () => done(0))
  })
}
