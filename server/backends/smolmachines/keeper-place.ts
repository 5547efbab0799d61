import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Names of local sockets end at 104 bytes on macOS, at 108 on Linux. */
const LONGEST = 100

/** Where the keeper of a bottle listens: in its state folder, or, where that is too deep, in the system's for short-lived files. */
export function keeperSocket(stateFolder: string): string {
  const near = path.join(stateFolder, 'keeper.sock')
  if (Buffer.byteLength(near) <= LONGEST) return near
  const hash = createHash('sha256').update(path.resolve(stateFolder)).digest('hex').slice(0, 16)
  return path.join(tmpdir(), `bot-bottle-${hash}.sock`)
}
