import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { within } from './within.ts'

/** Egress always answers. On a machine that is busy to its limits it takes seconds, and that is no hole in the boundary. */
const ASK_MS = 8_000

/**
 * Whether a TCP connection comes about. The kernel of a live listener answers in a millisecond, busy or not.
 * @param silenceMs after which nobody is there
 */
async function reaches(address: string, silenceMs: number): Promise<boolean> {
  const at = address.lastIndexOf(':')
  const socket = connect({ host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) })
  const connected = new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  })
  const reached = await within(connected, silenceMs)
  socket.destroy()
  return reached ?? false
}

/** The addresses out of a list that were reached. */
export async function reached(addresses: readonly string[], silenceMs: number): Promise<string[]> {
  const all = await Promise.all(
    addresses.map(async (address) => ((await reaches(address, silenceMs)) ? address : null)),
  )
  return all.filter((address) => address !== null)
}

/** Asks the proxy for a tunnel. @returns status 0 and no socket when it does not answer */
export function tunnel(proxy: string, authority: string): Promise<{ status: number; socket?: Socket }> {
  const { hostname, port } = new URL(proxy)
  return new Promise((resolve) => {
    const asked = request({ host: hostname, port, method: 'CONNECT', path: authority, timeout: ASK_MS, agent: false })
    asked.once('connect', ({ statusCode = 0 }, socket: Socket) => resolve({ status: statusCode, socket }))
    asked.once('timeout', () => asked.destroy())
    asked.once('error', () => resolve({ status: 0 }))
    asked.end()
  })
}

/** @returns the status with which the proxy answers a CONNECT; 0 when it does not answer */
export async function connectStatus(proxy: string, authority: string): Promise<number> {
  const { status, socket } = await tunnel(proxy, authority)
  socket?.destroy()
  return status
}

/** A plain request through the proxy. @returns its status; 0 when there is no answer */
export function throughProxy(proxy: string, method: 'GET' | 'POST', url: string, body = ''): Promise<number> {
  const { hostname, port } = new URL(proxy)
  return new Promise((resolve) => {
    const asked = request({
      host: hostname,
      port,
      method,
      path: url,
      timeout: ASK_MS,
      agent: false,
      headers: { host: new URL(url).host, ...(body && { 'content-length': Buffer.byteLength(body) }) },
    })
    asked.once('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.once('timeout', () => asked.destroy())
    asked.once('error', () => resolve(0))
    asked.end(body)
  })
}
