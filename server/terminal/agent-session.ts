import type { Readable } from 'node:stream'
import type { Bottle, TtySize, TtyStream } from '../bottles/backend.ts'
import { Recorder } from './recorder.ts'
import { readSavedScreen, type SavedScreen } from './saved-screen.ts'
import { ScreenKeeper } from './screen-keeper.ts'
import { afterHistory, afterTail, afterUnfinished } from './seam.ts'
import { SecretBlanker } from './secret-blanker.ts'
import { Session } from './session.ts'

/** Size of a terminal that no page has shown yet. */
const FIRST_SIZE: TtySize = { cols: 120, rows: 32 }
/** How much of the engine's record is read at most, from its end, bytes. */
const HISTORY_LIMIT = 16 * 1024 * 1024
/** The record is read from so long before the last byte that was seen: the engine stamps a line later than we see it, ms. */
const SLACK_MS = 5000
/** An engine that does not come to an end with its record in this time is not waited for, ms. */
const HISTORY_LIMIT_MS = 15_000
/** How much may come live while the record is read, bytes. */
const LIVE_LIMIT = 1024 * 1024

export interface AgentPlace {
  slug: string
  /** Absolute, exists: the recording and the saved screen are in it. */
  stateFolder: string
  /** Blanked out in both. */
  secrets?: readonly string[] | undefined
}

export interface AgentSession {
  session: Session
  keeper: ScreenKeeper
}

/**
 * Attaches to the agent of a bottle that is up, and brings its screen back as it would be if nobody had ever been away:
 * the picture saved by a server before us, then what the engine recorded since, then what comes live. A line that is
 * not finished is in none of these if it came in between; a nudge makes the program draw it again.
 *
 * @throws what the engine says when it cannot be attached to
 */
export async function openAgentSession(bottle: Bottle, place: AgentPlace): Promise<AgentSession> {
  const blanker = new SecretBlanker(place.secrets)
  const saved = await readSavedScreen(place.stateFolder)
  const size = saved ? { cols: saved.cols, rows: saved.rows } : FIRST_SIZE
  const stream = await bottle.attachAgent()
  const live = collect(stream)
  const { missed, unseen } = await readMissed(bottle, saved)
  const first = afterHistory(unseen, live.take())
  const recorder = await Recorder.open(place.stateFolder, size, blanker).catch(() => undefined)
  recorder?.output(missed)
  const keeper = new ScreenKeeper(place.stateFolder, blanker)
  if (saved) keeper.seen(Buffer.from(saved.tail, 'base64'))
  keeper.seen(missed)
  const session = new Session({
    id: 'agent',
    stream,
    size,
    ...(recorder && { recorder }),
    before: [...(saved ? [Buffer.from(saved.data)] : []), missed],
    first: Buffer.concat([first, live.take()]),
    onOutput: (bytes) => keeper.seen(bytes),
  })
  live.stop()
  keeper.keep(session.screen)
  await stream.resize(size).catch(() => undefined)
  void session.nudge()
  return { session, keeper }
}

/** What the program wrote while no server was there: `missed` for the screen; `unseen` ends where the record ends. */
async function readMissed(bottle: Bottle, saved: SavedScreen | null): Promise<{ missed: Buffer; unseen: Buffer }> {
  const since = async (time: number | null) =>
    readEnd(await bottle.agentHistory({ since: time })).catch(() => Buffer.alloc(0))
  if (!saved) {
    const all = await since(null)
    return { missed: all, unseen: all }
  }
  const tail = Buffer.from(saved.tail, 'base64')
  const history = await since(saved.takenAt - SLACK_MS)
  const missed = afterTail(tail, history)
  if (missed) return { missed, unseen: history }
  const later = await since(saved.takenAt)
  return { missed: afterUnfinished(tail, later), unseen: later }
}

/** The last `HISTORY_LIMIT` bytes of a stream, as far as they come in time. */
async function readEnd(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  const late = setTimeout(() => stream.destroy(), HISTORY_LIMIT_MS)
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      while (bytes - chunks[0]!.length > HISTORY_LIMIT) bytes -= chunks.shift()!.length
    }
  } catch {
    // What came is better than nothing.
  } finally {
    clearTimeout(late)
  }
  return Buffer.concat(chunks)
}

/** Reads ahead, so that nothing that comes between attaching and showing is lost. */
function collect({ output }: TtyStream): { take(): Buffer; stop(): void } {
  let chunks: Buffer[] = []
  let bytes = 0
  const read = (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > LIVE_LIMIT) output.pause()
  }
  output.on('data', read)
  return {
    take() {
      const taken = Buffer.concat(chunks)
      chunks = []
      bytes = 0
      return taken
    },
    stop() {
      output.off('data', read)
      output.resume()
    },
  }
}
