import { createHash, randomBytes } from 'node:crypto'
import { link, rename, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { HostProblemError } from './errors.ts'

/** What a server tells whoever knocks at its lock. */
interface Holder {
  pid: number
  /** Null until it listens. */
  address: string | null
}

export interface HomeLock {
  /** From now on, whoever is refused is told this address. */
  announce(address: string): void
  release(): Promise<void>
}

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, its end included. */
const MAX_SOCKET_PATH = 100

/** Where the lock of a home is: in the home, or in the temporary folder where that path would be too long. */
export function lockPath(home: string): string {
  const inHome = path.join(home, 'server.sock')
  if (Buffer.byteLength(inHome) + 12 <= MAX_SOCKET_PATH) return inHome
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 16)
  return path.join(tmpdir(), `bot-bottle-${hash}.sock`)
}

/**
 * Makes sure that one server works on one home. The lock is a listening socket: whether its holder lives is seen by
 * connecting to it, so a lock that a crash left behind is known to be stale and is replaced.
 *
 * @throws HostProblemError naming the other server's pid and address
 */
export async function lockHome(home: string): Promise<HomeLock> {
  const lock = lockPath(home)
  const holder: Holder = { pid: process.pid, address: null }
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.end(JSON.stringify(holder))
  })
  // Bound under a name of its own and then linked, because a link fails where something is: exactly one of two wins.
  const own = `${lock}.${randomBytes(4).toString('hex')}`
  await listen(server, own)
  server.unref()
  try {
    for (let attempt = 0; !(await linked(own, lock)); attempt += 1) {
      const other = await ask(lock)
      if (other) throw new SecondServerError(home, other)
      if (attempt === 20) throw new HostProblemError(`The lock ${lock} cannot be replaced. Delete it and start again.`)
      await replaceStale(lock)
    }
  } catch (error) {
    server.close()
    throw error
  } finally {
    await rm(own, { force: true })
  }
  return {
    announce: (address) => {
      holder.address = address
    },
    release: async () => {
      await rm(lock, { force: true })
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export class SecondServerError extends HostProblemError {
  constructor(home: string, other: Holder) {
    const where = other.address ? `, at ${other.address}` : ''
    super(
      `Another bot-bottle already works on ${home} (process ${other.pid}${where}). ` +
        `${other.address ? 'Open that address' : 'Use that one'}, or end it first (kill ${other.pid}; its bottles keep running), or set BOT_BOTTLE_HOME to another folder.`,
    )
  }
}

const listen = (server: Server, at: string) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at, resolve)
  })

async function linked(own: string, lock: string): Promise<boolean> {
  try {
    await link(own, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Takes the stale socket aside; where it turns out that a live one was taken, it is put back. */
async function replaceStale(lock: string): Promise<void> {
  const aside = `${lock}.${randomBytes(4).toString('hex')}`
  try {
    await rename(lock, aside)
  } catch {
    return // somebody else was faster
  }
  if (await ask(aside)) await linked(aside, lock)
  await rm(aside, { force: true })
}

/** @returns who holds the lock, or null when nobody listens there */
const ask = (at: string) =>
  new Promise<Holder | null>((resolve) => {
    let answer = ''
    const socket = connect(at)
    socket.setTimeout(2000, () => socket.destroy())
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('connect', () => {
      // Somebody listens, whatever it says: a holder that is too busy to answer is a holder.
      socket.once('close', () => resolve(parse(answer)))
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT' || error.code === 'ENOTSOCK') resolve(null)
      socket.destroy()
    })
  })

function parse(answer: string): Holder {
  try {
    return JSON.parse(answer) as Holder
  } catch {
    return { pid: 0, address: null }
  }
}
