import { randomInt } from 'node:crypto'
import type { WebSocket } from 'ws'
import type { Bottle, TtySize } from '../bottles/backend.ts'
import { TTY_CLOSE, type TtyVisitor } from '../contract/tty.ts'
import type { ShellView } from '../contract/views.ts'
import { BottleNotFoundError } from '../errors.ts'
import { type AgentPlace, type AgentSession, openAgentSession } from './agent-session.ts'
import { Session } from './session.ts'

const PING_EVERY_MS = 10_000
/** A socket of which nothing was heard for so long is dead, ms. */
const DEAD_AFTER_MS = 30_000

interface Terminals {
  bottle: Bottle
  agent: AgentSession
  shells: Map<string, Session>
}

/** The terminals of all bottles that are up: the agent's of each, and the shells opened beside it. */
export class TerminalHost {
  readonly #bottles = new Map<string, Terminals>()
  readonly #opening = new Map<string, Promise<void>>()
  readonly #heartbeat = setInterval(() => this.#beat(), PING_EVERY_MS).unref()
  #closed = false

  /**
   * Attaches to the agent of a bottle that was launched or adopted, and keeps its screen from now on. Safe to repeat:
   * a bottle whose agent is attached is left alone, one whose agent had ended is attached to anew.
   * @throws what the engine says when the agent cannot be attached to
   */
  async up(bottle: Bottle, place: AgentPlace): Promise<void> {
    const { slug } = place
    const before = this.#opening.get(slug)
    if (before) return before
    const known = this.#bottles.get(slug)
    if (known && !known.agent.session.exit) return
    const opening = this.#open(bottle, place, known).finally(() => this.#opening.delete(slug))
    this.#opening.set(slug, opening)
    return opening
  }

  /**
   * Opens a login shell beside the agent. It ends when its program does, or when the bottle goes down.
   * @throws {@link BottleNotFoundError}, or what the engine says
   */
  async openShell(slug: string, size: TtySize): Promise<ShellView> {
    const known = this.#bottles.get(slug)
    if (!known) throw new BottleNotFoundError(slug)
    const id = newShellId()
    const session = new Session({ id, stream: await known.bottle.openShell(id, size), size })
    if (this.#bottles.get(slug) !== known) {
      await session.close(TTY_CLOSE.notFound, 'The bottle was stopped.')
      throw new BottleNotFoundError(slug)
    }
    known.shells.set(id, session)
    void session.ended.then(() => known.shells.delete(id))
    return { session: id, openedAt: session.openedAt }
  }

  /** Shows a session on a page. @param socket open, with the subprotocol agreed on */
  accept(socket: WebSocket, slug: string, session: string, visitor?: TtyVisitor): void {
    // Sockets of ours have no errors worth more than being closed, and one without a listener would end the process.
    socket.on('error', () => socket.terminate())
    const known = this.#bottles.get(slug)
    const found = session === 'agent' ? known?.agent.session : known?.shells.get(session)
    // While it is opened anew, the one that is known is the one that ended.
    const soon = this.#closed || (session === 'agent' && this.#opening.has(slug))
    if (soon) socket.close(TTY_CLOSE.goingAway, 'The terminal is not there at this moment.')
    else if (found) found.attach(socket, visitor)
    else socket.close(TTY_CLOSE.notFound, 'There is no such terminal.')
  }

  /** The last line on the agent's screen, plain text, at most 200 characters; null when there is none. */
  lastLine(slug: string): string | null {
    return this.#bottles.get(slug)?.agent.session.screen.lastLine() || null
  }

  /** The title that the agent gave its window: hostile plain text; null when there is none. */
  title(slug: string): string | null {
    return this.#bottles.get(slug)?.agent.session.screen.title || null
  }

  /** When the agent last wrote something, epoch milliseconds; null when it is not attached to. */
  activity(slug: string): number | null {
    return this.#bottles.get(slug)?.agent.session.outputAt ?? null
  }

  shells(slug: string): readonly ShellView[] {
    const shells = this.#bottles.get(slug)?.shells.values() ?? []
    return [...shells].map(({ id, openedAt }) => ({ session: id, openedAt }))
  }

  /** Forgets a bottle that is being stopped: its pages are told, its shells end, its agent is let go of. */
  async down(slug: string): Promise<void> {
    await this.#opening.get(slug)?.catch(() => undefined)
    const known = this.#bottles.get(slug)
    if (!known) return
    this.#bottles.delete(slug)
    await known.agent.keeper.discard()
    const closings = [known.agent.session, ...known.shells.values()].map((session) =>
      session.close(TTY_CLOSE.notFound, 'The bottle was stopped.'),
    )
    await Promise.all(closings)
  }

  /** Saves every screen and lets go of every terminal; agents go on, shells end. */
  async shutdown(): Promise<void> {
    this.#closed = true
    clearInterval(this.#heartbeat)
    await Promise.allSettled(this.#opening.values())
    const all = [...this.#bottles.values()]
    this.#bottles.clear()
    await Promise.all(
      all.map(async ({ agent, shells }) => {
        await agent.keeper.close()
        const sessions = [agent.session, ...shells.values()]
        await Promise.all(sessions.map((session) => session.close(TTY_CLOSE.goingAway, 'The server is going away.')))
      }),
    )
  }

  async #open(bottle: Bottle, place: AgentPlace, before: Terminals | undefined): Promise<void> {
    if (before) {
      await before.agent.keeper.close()
      await before.agent.session.close(TTY_CLOSE.goingAway, 'The agent was started again.')
    }
    const agent = await openAgentSession(bottle, place)
    this.#bottles.set(place.slug, { bottle, agent, shells: before?.shells ?? new Map() })
  }

  #beat(): void {
    for (const { agent, shells } of this.#bottles.values()) {
      for (const session of [agent.session, ...shells.values()]) session.heartbeat(DEAD_AFTER_MS)
    }
  }
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'

const newShellId = (): string =>
  `shell-${Array.from({ length: 6 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`
