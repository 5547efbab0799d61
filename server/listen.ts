import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HostProblemError, messageOf } from './errors.ts'

/**
 * Listens, or says who is in the way.
 *
 * @returns the port, which differs from the one asked for only when that was 0
 * @throws HostProblemError naming what to do next
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => {
        server.off('error', reject)
        resolve()
      })
    })
    return (server.address() as AddressInfo).port
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EADDRINUSE') throw new HostProblemError(await portTaken(host, port), { cause: error })
    if (code === 'EACCES')
      throw new HostProblemError(
        `Port ${port} needs more rights than this user has. Set BOT_BOTTLE_PORT to one above 1023.`,
      )
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new HostProblemError(
        `${host} is not an address of this machine. Set BOT_BOTTLE_HOST to one that is, or leave it out.`,
      )
    throw new HostProblemError(`The server cannot listen on ${host}:${port}: ${messageOf(error)}`, { cause: error })
  }
}

/** Asks whoever holds the port whether it is one of us. */
async function portTaken(host: string, port: number): Promise<string> {
  const otherwise = `set BOT_BOTTLE_PORT to another port (BOT_BOTTLE_PORT=${port + 1}).`
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  try {
    const answer = await fetch(`http://${name}:${port}/api/health`, { signal: AbortSignal.timeout(2000) })
    const health = (await answer.json()) as { ok?: boolean; version?: string }
    if (health.ok === true && typeof health.version === 'string')
      return `Port ${port} is taken by another bot-bottle (version ${health.version}), which works on another home. Open http://localhost:${port}, or ${otherwise}`
  } catch {
    // Not one of us, or it does not answer.
  }
  return `Port ${port} is taken by another program. End that program (\`ss -ltnp 'sport = :${port}'\` names it), or ${otherwise}`
}
