import type { TtyVisitor } from '../contract/tty-frames.ts'
import { Session } from './session.ts'
import { ScriptedPage, ScriptedTty } from './testing.ts'

export const SIZE = { cols: 80, rows: 24 }
export const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A session of a program that the test plays; `show` opens a page on it and waits for its first picture. */
export function openSession() {
  const tty = new ScriptedTty()
  const session = new Session({ id: 'agent', stream: tty, size: SIZE })
  const show = async (visitor?: TtyVisitor) => {
    const page = new ScriptedPage()
    session.attach(page.socket, visitor)
    await page.until(() => page.last('snapshot') !== undefined)
    return page
  }
  return { tty, session, show }
}

/** Writes until the session stops reading. @returns how much that was, or `limit`, bytes */
export async function flood(bottle: { tty: ScriptedTty; session: Session }, limit: number): Promise<number> {
  const chunk = Buffer.from('\x1b[32mcoloured, so nothing of it is left out of the screen\x1b[m\r\n'.repeat(200))
  let written = 0
  while (written < limit && (await reads(bottle))) {
    bottle.tty.output.write(chunk)
    written += chunk.length
  }
  return written
}

/** Rounds of the event loop in which what was parsed last would have made the session read again. */
const ROUNDS = 20

/** Whether the session reads on; a screen that is still parsing is not yet an answer. */
async function reads({ tty, session }: { tty: ScriptedTty; session: Session }): Promise<boolean> {
  for (let idle = 0; tty.output.writableNeedDrain; idle++) {
    if (session.screen.backlog > 0) idle = 0
    if (idle > ROUNDS) return false
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  return true
}
