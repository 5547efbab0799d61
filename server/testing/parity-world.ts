import type { Backend } from '../bottles/backend.ts'
import type { MachineFacts } from '../bottles/machine-facts.ts'
import type { BottleSlug } from '../contract/ids.ts'
import type { LaunchChoice, ResolvedRequest } from '../manifest/request.ts'

/** A backend on a home of its own, as the suite needs it that is the same for all of them. */
export interface ParityWorld extends AsyncDisposable {
  readonly home: string
  readonly backend: Backend
  /** The same backend as a server has it that was started again: it remembers nothing. */
  restarted(): Backend
  /** Writes a file of the home. */
  write(file: string, text: string): Promise<void>
  request(choice: Partial<LaunchChoice>): Promise<ResolvedRequest>
  facts(): Promise<MachineFacts>
  /** Ends what the agent is in, from outside and at once: its container, its machine. */
  kill(slug: BottleSlug): Promise<void>
  /** Whatever is left of a bottle anywhere, looked for without asking the backend. */
  traces(slug: BottleSlug): Promise<string[]>
}
