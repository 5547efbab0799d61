import type { Readable } from 'node:stream'
import type { BundleLine } from '../contract/bundle.ts'
import type { BackendName, BottleSlug } from '../contract/ids.ts'
import type { BottlePlan, FrozenPlan, PlanFor } from '../contract/plan.ts'
import type { ProbePace, ProbeReport } from '../contract/probe.ts'
import type { EngineView, Leftover } from '../contract/views.ts'
import type { ReleaseFailure } from '../lib/scope.ts'
import type { ResolvedRequest } from '../manifest/request.ts'
import type { GuestFile } from '../providers/guest-file.ts'
import type { MachineFacts } from './machine-facts.ts'
import type { StepOutput } from './step-output.ts'
import type { LaunchRun } from './steps.ts'

export interface TtySize {
  cols: number
  rows: number
}

/** A pseudo-terminal inside a bottle. Backpressure on `output` reaches the program that writes. */
export interface TtyStream {
  /** Raw terminal bytes; pausing it pauses the container's stream. Ends when the session ends. */
  readonly output: Readable
  /** @returns false when the input buffer is full: wait for `drained` */
  write(bytes: Uint8Array): boolean
  drained(): Promise<void>
  resize(size: TtySize): Promise<void>
  /** Settles when the program ended; `null` when its code cannot be told. */
  readonly exited: Promise<number | null>
  /** Detaches. The agent goes on; a shell is ended. */
  close(): Promise<void>
}

/** Bytes that the engine kept of the agent's terminal while nobody was attached. */
export interface TtyHistory {
  /** Since this time, epoch milliseconds, or from the beginning. */
  since: number | null
}

/** Live figures of a bottle. */
export interface BottleStats {
  /** Per cent of one core. */
  cpu: number
  /** Bytes. */
  memory: number
}

/** What a bundle is handed of its bottle, by name. In memory only. */
export interface BundleSecrets {
  /** Values of token slots. */
  tokens: ReadonlyMap<string, string>
  /** Values of the guest's secret variables, which must not leave. */
  secrets: ReadonlyMap<string, string>
}

/** What a bundle does now. */
export type BundleState =
  /**
   * It has its secrets, by these names. `since`, epoch milliseconds, all its daemons are up without a break; null while
   * one of them is not.
   */
  | { kind: 'guarding'; given: readonly string[]; since: number | null }
  /** It runs and waits for its secrets: all is refused. */
  | { kind: 'waiting' }
  /** `gaveUp`: it ended by itself because a daemon could not be kept alive. `why` is a clause. */
  | { kind: 'ended'; gaveUp: boolean; why: string }
  | { kind: 'gone' }

/** The server's way to the sidecar bundle of a bottle that is up. */
export interface BundleLink {
  /**
   * Tells every line of the bundle after number `after`, those that were told while nobody listened included, and goes on
   * over restarts of bundle and engine until aborted. Lines may repeat: their number tells. Never rejects.
   */
  tail(onLine: (line: BundleLine) => void, signal: AbortSignal, after: number): Promise<void>
  /** Replaces the table that egress reads, all at once. Whether it is in force is told by a line. */
  writeTable(text: string): Promise<void>
  /** @throws when the engine cannot be asked */
  state(signal: AbortSignal): Promise<BundleState>
  /** Settles once it does not run. @throws when the engine goes away, or when aborted */
  ended(signal: AbortSignal): Promise<void>
  /**
   * Makes it where it was removed, starts it where it does not run, hands everything over, and waits until it guards by the table that is in place.
   * @throws HintedError with what it said when it does not come up
   */
  start(secrets: BundleSecrets, signal: AbortSignal): Promise<void>
  /** Puts these in the place of those of the same name, without a restart; the rest stays. */
  renew(secrets: BundleSecrets, signal: AbortSignal): Promise<void>
}

/** A bottle that is up. It outlives the dashboard; this is a handle to it, made by `launch` or `adopt`. */
export interface Bottle {
  readonly slug: BottleSlug
  /** Live bytes of the agent's main terminal, from now on. */
  attachAgent(): Promise<TtyStream>
  /** What the engine recorded of the agent's terminal, for rebuilding the screen after a restart of the server. */
  agentHistory(history: TtyHistory): Promise<Readable>
  /** A login shell beside the agent. `id` names it inside the bottle, so that it can be ended. */
  openShell(id: string, size: TtySize): Promise<TtyStream>
  /** Absent or null where the bottle has no bundle. */
  readonly bundle?: BundleLink | null
  /**
   * Proves the boundary from inside. @param tokens real tokens by slot, of which only digests go inside
   * @throws when the probe cannot be run, which counts as red
   */
  probe(tokens: ReadonlyMap<string, string>, signal: AbortSignal, pace?: ProbePace): Promise<ProbeReport>
  /** Writes files for the guest's user, in the place of those that are there. Absent: it cannot. */
  putFiles?(files: readonly GuestFile[], signal: AbortSignal): Promise<void>
  /** Figures about once a second until aborted. */
  stats(signal: AbortSignal): AsyncIterable<BottleStats>
}

/** What the engine says of one bottle, by label. */
export interface ExistingBottle {
  slug: BottleSlug
  /** `running`: the agent's container or machine is up. `ended`: it is there and has ended. `partial`: only other parts exist. */
  agent: 'running' | 'ended' | 'partial'
  exitCode: number | null
  /** Names of everything found, for the operator. */
  parts: readonly string[]
}

/** What a freeze is given besides the bottle. */
export interface FreezeRun {
  output: StepOutput
  signal: AbortSignal
  /** To be told before the agent is ended for it, where it cannot go on. `evidence` is a sentence. */
  ending(evidence: string): Promise<void>
}

/** What a bottle was frozen into. */
export type Frozen = Omit<FrozenPlan, 'image'>

/** Something that was frozen and is still there, whether anybody remembers it or not. */
export interface FrozenThing {
  slug: BottleSlug
  /** As `Frozen.digest`; null for one whose making was interrupted. */
  digest: string | null
  kind: 'image' | 'artifact'
  name: string
  bytes: number | null
  /** Epoch milliseconds. */
  createdAt: number
}

/** Something changed outside of us. */
export type EngineChange =
  | { kind: 'engine'; engine: EngineView }
  /** The agent's container or machine ended or went away. `evidence` is a clause: `its process ended with code 3`. */
  | { kind: 'ended'; slug: BottleSlug; exitCode: number | null; evidence: string }
  | { kind: 'gone'; slug: BottleSlug; evidence: string }

/** What isolates. One folder under `server/backends/`, behind this one door. */
export interface Backend<P extends BottlePlan = BottlePlan> {
  readonly name: P['backend']
  /** Pure resolution: may read files and what it is given; may not call docker, smolvm, git or the network. */
  plan(request: ResolvedRequest, facts: MachineFacts): Promise<P>
  /** Brings the bottle up; when it throws, what it had made has been released through `run.scope`. */
  launch(plan: P, run: LaunchRun): Promise<Bottle>
  /** A handle to a bottle that another process brought up. @throws when it is not there */
  adopt(slug: BottleSlug): Promise<Bottle>
  /**
   * Removes a bottle that any process launched, from what exists by label; safe to repeat.
   * @param onRelease told after each release, with its error if it failed
   * @returns what could not be removed, empty when nothing of the bottle is left
   */
  teardown(slug: BottleSlug, onRelease: (name: string, error?: unknown) => void): Promise<ReleaseFailure[]>
  /**
   * Keeps the files of a bottle that is up, or whose agent has ended, as what it can be resumed from. The same act again
   * leaves what was frozen before in its place.
   * @throws BottleNotFoundError when nothing of its agent is there; HintedError when it cannot be frozen
   */
  freeze(slug: BottleSlug, run: FreezeRun): Promise<Frozen>
  /** Everything of this home that was frozen. */
  frozen(): Promise<FrozenThing[]>
  /** Removes what was frozen of a bottle, but for one to keep, by its digest, and what is in use. Safe to repeat. */
  discardFrozen(slug: BottleSlug, keep: string | null): Promise<void>
  /** Everything of this home that exists, by label. */
  existing(): Promise<ExistingBottle[]>
  /** Reports changes from outside within two seconds, until aborted; survives restarts of the engine. Never throws. */
  watch(onChange: (change: EngineChange) => void, signal: AbortSignal): Promise<void>
  /** What is left over besides bottles: images of ours that no Dockerfile makes any more, volumes … */
  leftovers(): Promise<Leftover[]>
  /** Removes one of `leftovers()`. */
  removeLeftover(leftover: Leftover): Promise<void>
}

export type Backends = { [K in BackendName]?: Backend<PlanFor<K>> }
