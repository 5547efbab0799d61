import type { BottleSlug } from '../contract/ids.ts'
import type { ShellView } from '../contract/views.ts'
import type { Bottle, TtySize } from './backend.ts'

/** What bottles need of the terminals' room (`server/terminal/host.ts`). */
export interface Terminals {
  /** Attaches the agent's stream and keeps its screen. Safe to repeat. @param place `secrets` are blanked out on disk */
  up(bottle: Bottle, place: { slug: BottleSlug; stateFolder: string; secrets: readonly string[] }): Promise<void>
  /** Ends the sessions and frees what they held; the recording stays. */
  down(slug: BottleSlug): Promise<void>
  openShell(slug: BottleSlug, size: TtySize): Promise<{ session: string }>
  shells(slug: BottleSlug): readonly ShellView[]
  /** Of the agent's screen; plain text. */
  lastLine(slug: BottleSlug): string | null
  /** Epoch milliseconds of the agent's last output; null when there was none. */
  activity(slug: BottleSlug): number | null
}
