import { connect, createServer } from 'node:net'
import { hostAddresses } from '../lib/host-addresses.ts'

const CONTROL_MS = 1_000

/** A listener that is really there, so that not reaching it says something. */
export interface LiveListener extends AsyncDisposable {
  port: number
  /** `address:port` of this machine at which it was seen to answer. */
  addresses: readonly string[]
}

/**
 * Listens on every address of this machine for as long as a probe takes; hangs up on whoever comes.
 * @throws Error when it cannot be reached even from here: then the probe would prove nothing
 */
export async function openLiveListener(): Promise<LiveListener> {
  const server = createServer((socket) => socket.destroy())
  server.on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '0.0.0.0', resolve)
  })
  const { port } = server.address() as { port: number }
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  const addresses = await answering(hostAddresses().map((address) => `${address}:${port}`))
  if (addresses.length === 0) {
    await close()
    throw new Error('No address of this machine answers, so the probe of host services would prove nothing.')
  }
  return { port, addresses, [Symbol.asyncDispose]: close }
}

/** Those that answer a connection from here. */
export async function answering(addresses: readonly string[]): Promise<string[]> {
  const all = await Promise.all(addresses.map(async (address) => ((await answers(address)) ? address : null)))
  return all.filter((address) => address !== null)
}

function answers(address: string): Promise<boolean> {
  const [host, port] = address.split(':')
  return new Promise((resolve) => {
    const socket = connect({ host: host!, port: Number(port), timeout: CONTROL_MS })
    const done = (answered: boolean) => {
      socket.destroy()
      resolve(answered)
    }
    socket
      .once('connect', () => done(true))
      .once('error', () => done(false))
      .once('timeout', () => done(false))
  })
}
