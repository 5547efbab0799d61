import { request } from 'node:http'
import { connect } from 'node:net'

/** A live listener on this machine answers in a few milliseconds; one that took this long was not reached. */
const CONNECT_MS = 150
/** Egress always answers. On a machine that is busy to its limits it takes seconds, and that is no hole in the boundary. */
const ASK_MS = 8_000

/** @returns true when a TCP connection came about */
export function reaches(address: string): Promise<boolean> {
  const at = address.lastIndexOf(':')
  return new Promise((resolve) => {
    const socket = connect({ host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) })
    const done = (reached: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(reached)
    }
    // A loop that was held up runs timers first: what came about meanwhile is heard before it counts as nothing.
    const timer = setTimeout(() => setImmediate(() => done(false)), CONNECT_MS)
    socket.once('connect', () => done(true)).once('error', () => done(false))
  })
}

/** The addresses out of a list that were reached. */
export async function reached(addresses: readonly string[]): Promise<string[]> {
  const all = await Promise.all(addresses.map(async (address) => ((await reaches(address)) ? address : null)))
  return all.filter((address) => address !== null)
}

/** @returns the status with which the proxy answers a CONNECT; 0 when it does not answer */
export function connectStatus(proxy: string, authority: string): Promise<number> {
  const { hostname, port } = new URL(proxy)
  return new Promise((resolve) => {
    const asked = request({ host: hostname, port, method: 'CONNECT', path: authority, timeout: ASK_MS, agent: false })
    asked.once('connect', (response, socket) => {
      socket.destroy()
      resolve(response.statusCode ?? 0)
    })
    asked.once('timeout', () => asked.destroy())
    asked.once('error', () => resolve(0))
    asked.end()
  })
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
