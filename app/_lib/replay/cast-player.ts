import { type Cast, eventsUntil } from './cast'

/** Where a replay is drawn: a terminal, as far as a recording needs one. */
export interface ReplayScreen {
  reset(): void
  resize(cols: number, rows: number): void
  /** @returns settles when it is drawn, so that a flood cannot pile up */
  write(data: string): Promise<void>
}

export interface ReplayState {
  /** Seconds from the beginning. */
  at: number
  playing: boolean
  speed: number
}

/** Written at once at most, letters; between pieces the page stays alive. */
const PIECE = 128 * 1024

/**
 * Plays a recording on a screen. Time stands still while the screen is busy, so nothing is skipped and nothing piles up;
 * going back draws everything up to there anew.
 */
export class CastPlayer {
  #state: ReplayState = { at: 0, playing: false, speed: 1 }
  /** Events drawn so far. */
  #next = 0
  /** Goes up with each jump; work for an earlier one is given up. */
  #jump = 0
  #busy = false
  #writing: Promise<void> = Promise.resolve()

  constructor(
    private readonly cast: Cast,
    private readonly screen: ReplayScreen,
    private readonly onChange: (state: ReplayState) => void,
  ) {}

  get state(): ReplayState {
    return this.#state
  }

  /** Plays from where it is; from the beginning once it is at the end. */
  play(): void {
    if (this.#state.at >= this.cast.duration) void this.seek(0)
    this.#set({ playing: true })
  }

  pause(): void {
    this.#set({ playing: false })
  }

  setSpeed(speed: number): void {
    this.#set({ speed })
  }

  /** @param at seconds; kept between beginning and end */
  async seek(at: number): Promise<void> {
    const jump = ++this.#jump
    const target = Math.min(this.cast.duration, Math.max(0, at))
    this.#set({ at: target })
    // What was handed to the screen before would come out after its reset.
    await this.#writing
    if (jump !== this.#jump) return
    const until = eventsUntil(this.cast.events, target)
    if (until < this.#next || target === 0) {
      this.screen.reset()
      this.screen.resize(this.cast.cols, this.cast.rows)
      this.#next = 0
    }
    await this.#drawUntil(until, jump)
  }

  /** Time has gone by. @param seconds on the wall */
  async tick(seconds: number): Promise<void> {
    if (!this.#state.playing || this.#busy) return
    const at = Math.min(this.cast.duration, this.#state.at + seconds * this.#state.speed)
    this.#set({ at, playing: at < this.cast.duration })
    await this.#drawUntil(eventsUntil(this.cast.events, at), this.#jump)
  }

  async #drawUntil(until: number, jump: number): Promise<void> {
    this.#busy = true
    while (this.#next < until && jump === this.#jump) {
      const event = this.cast.events[this.#next]!
      if (event.kind === 'size') {
        this.#next++
        this.screen.resize(event.cols, event.rows)
        continue
      }
      let data = ''
      for (; this.#next < until && data.length < PIECE; this.#next++) {
        const next = this.cast.events[this.#next]!
        if (next.kind !== 'output') break
        data += next.data
      }
      this.#writing = this.screen.write(data)
      await this.#writing
    }
    if (jump === this.#jump) this.#busy = false
  }

  #set(change: Partial<ReplayState>): void {
    this.#state = { ...this.#state, ...change }
    this.onChange(this.#state)
  }
}
