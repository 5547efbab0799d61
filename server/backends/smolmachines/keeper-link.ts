import { spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import path from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import type { TtySize, TtyStream } from '../../bottles/backend.ts'
import { HintedError } from '../../errors.ts'
import { FRAME, type Frame, FrameReader, frame, json, MOST } from './keeper/frames.ts'
import type { KeeperHello, KeeperState } from './keeper/keeper.ts'
import type { KeeperTask } from './keeper/main.ts'

const ANSWER_MS = 5_000

/**
 * Starts a keeper: a process of its own, which outlives this server.
 * @throws HintedError with what the terminal said, when the agent did not start
 */
export async function startKeeper(root: string, task: KeeperTask, signal: AbortSignal): Promise<void> {
  const program = path.join(root, 'dist/keeper.mjs')
  const child = spawn(process.execPath, [program], { detached: true, stdio: ['pipe', 'pipe', 'ignore'], signal })
  child.stdin.on('error', () => {})
  child.stdin.end(JSON.stringify(task))
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => resolve())
    child.stdout.on('data', () => said.includes('\n') && resolve())
  })
  signal.throwIfAborted()
  child.stdout.destroy()
  child.unref()
  const answer = (said ? JSON.parse(said.split('\n')[0]!) : { error: 'what holds its terminal ended at once' }) as {
    error?: string
  }
  if (answer.error) throw new HintedError(answer.error, 'Look at the command of the agent on the plan.')
}

/** A server's way to the keeper of one bottle. */
export class KeeperLink {
  /** @param answerMs how long a keeper may take to answer at first */
  constructor(
    readonly socketFile: string,
    private readonly answerMs = ANSWER_MS,
  ) {}

  /** @returns null when there is no keeper. @throws when there is one that does not answer */
  async state(): Promise<KeeperState | null> {
    const said = await this.#ask({ want: 'state' }).catch(unlessGone)
    said?.socket.destroy()
    return said?.state ?? null
  }

  /** What was recorded. @param since epoch milliseconds; null: all that is kept */
  async history(since: number | null): Promise<Readable> {
    const { socket, rest, frames } = await this.#ask({ want: 'history', since })
    return terminalBytes(socket, frames, rest).output
  }

  /** The terminal from now on. @param replay begins with all that is kept */
  async attach({ replay }: { replay: boolean }): Promise<TtyStream> {
    const { socket, rest, frames } = await this.#ask({ want: 'terminal', ...(replay && { since: 0 }) })
    const { output, exited } = terminalBytes(socket, frames, rest)
    return {
      output,
      exited,
      write(bytes) {
        let more = true
        for (let at = 0; at < bytes.length; at += MOST)
          more = socket.write(frame(FRAME.bytes, bytes.subarray(at, at + MOST)))
        return more
      },
      drained: () =>
        new Promise((resolve) => {
          if (socket.destroyed || !socket.writableNeedDrain) return resolve()
          socket.once('drain', resolve).once('close', resolve)
        }),
      resize: async (size: TtySize) => void socket.write(frame(FRAME.resize, size)),
      close: async () => void socket.destroy(),
    }
  }

  /** Settles when the agent has ended or its keeper went away; null when its code cannot be told. */
  async ended(signal: AbortSignal): Promise<number | null> {
    const { socket, rest, frames, state } = await this.#ask({ want: 'state' })
    if (!state.running) {
      socket.destroy()
      return state.code
    }
    const abort = () => socket.destroy()
    signal.addEventListener('abort', abort, { once: true })
    try {
      return await terminalBytes(socket, frames, rest).exited
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  /** Ends the agent and its keeper; one that is gone is ended. @throws when there is one that does not answer */
  async end(): Promise<void> {
    const said = await this.#ask({ want: 'end' }).catch(unlessGone)
    if (!said) return
    const { socket } = said
    if (socket.closed) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ANSWER_MS)
      socket.resume().once('close', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** @throws Error when nobody answers */
  #ask(hello: KeeperHello): Promise<{ socket: Socket; frames: FrameReader; rest: Frame[]; state: KeeperState }> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.socketFile)
      const frames = new FrameReader()
      const timer = setTimeout(() => socket.destroy(new Error('The keeper does not answer.')), this.answerMs)
      const failed = (error?: Error) => {
        clearTimeout(timer)
        reject(error ?? new KeeperGone())
      }
      socket.on('error', failed).once('close', () => failed())
      socket.once('connect', () => socket.write(frame(FRAME.hello, hello)))
      const first = (chunk: Buffer) => {
        const [state, ...rest] = framesIn(chunk, frames, socket)
        if (!state) return
        clearTimeout(timer)
        socket.off('data', first).pause()
        resolve({ socket, frames, rest, state: json<KeeperState>(state) })
      }
      socket.on('data', first)
    })
  }
}

/** What says things that no keeper says is hung up on. */
function framesIn(chunk: Buffer, frames: FrameReader, socket: Socket): Frame[] {
  try {
    return frames.read(chunk)
  } catch (error) {
    socket.destroy(error as Error)
    return []
  }
}

/** Nobody listens on its socket, or there is none; or it ended as it was asked. */
function unlessGone(error: NodeJS.ErrnoException): null {
  if (['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(error.code ?? '')) return null
  if (error instanceof KeeperGone) return null
  throw error
}

class KeeperGone extends Error {
  override message = 'The keeper went away.'
}

/** Takes frames apart: bytes to a stream whose pausing pauses the keeper, and the end. */
function terminalBytes(
  socket: Socket,
  frames: FrameReader,
  rest: readonly Frame[],
): { output: Readable; exited: Promise<number | null> } {
  const output = new PassThrough({ highWaterMark: 256 * 1024 })
  output.on('error', () => {})
  const exited = new Promise<number | null>((resolve) => {
    const heed = ({ kind, payload }: Frame): void => {
      if (kind === FRAME.exit) resolve((JSON.parse(payload.toString()) as { code: number | null }).code)
      else if (kind === FRAME.bytes && !output.write(payload)) socket.pause()
    }
    for (const each of rest) heed(each)
    socket.on('data', (chunk: Buffer) => {
      for (const each of framesIn(chunk, frames, socket)) heed(each)
    })
    output.on('drain', () => socket.resume())
    socket.once('close', () => {
      output.end()
      resolve(null)
    })
    output.once('close', () => socket.destroy())
    if (!output.writableNeedDrain) socket.resume()
  })
  return { output, exited }
}
