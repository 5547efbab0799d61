import type { EgressAudit } from './egress.ts'
import type { EventSeq } from './ids.ts'
import type { ProbeCheck } from './probe.ts'

/** Every step of a launch, in order, and `freeze`, which comes at any time after. One name for page, log, error and test. */
export const STEP_NAMES = [
  'earlier run',
  'base image',
  'agent image',
  'sidecar image',
  'artifact',
  'networks',
  'certificates',
  'git keys',
  'sidecars',
  'agent',
  'machine',
  'machine start',
  'machine init',
  'workspace',
  'provision',
  'boundary probe',
  'start agent',
  'freeze',
] as const
export type StepName = (typeof STEP_NAMES)[number]

export const BOTTLE_STATES = [
  'launching',
  'running',
  'needs-you',
  'idle',
  'exited',
  'failed',
  'stopping',
  'stopped',
] as const
export type BottleState = (typeof BOTTLE_STATES)[number]

/** What happens to one bottle. Stored, numbered, and sent as it is stored. */
export type BottleEvent =
  | { type: 'step-started'; step: StepName }
  /**
   * Output of a step. `text` holds `lines` whole lines, joined and ended by `\n`, with ANSI as it came;
   * or one `partial` line without its end, replaced by the next output of the same step and stream.
   */
  | {
      type: 'output'
      step: StepName
      stream: 'stdout' | 'stderr'
      text: string
      partial?: true
    }
  | {
      type: 'progress'
      step: StepName
      /** What is counted. A step may count files and bytes side by side. */
      unit: 'bytes' | 'layers' | 'items'
      done: number
      /** Absent while it is not known. */
      total?: number
      /** One short line, such as the file being copied. */
      note?: string
    }
  | { type: 'step-done'; step: StepName; durationMs: number; note?: string }
  | { type: 'step-failed'; step: StepName; message: string; hint: string; durationMs: number }
  | { type: 'state'; state: BottleState; evidence: string; exitCode?: number }
  | { type: 'release-done'; name: string }
  | { type: 'release-failed'; name: string; message: string; hint: string }
  | { type: 'dropped'; lines: number; why: string; step?: StepName }
  | NetworkEvent

/** What happens at the boundary of a bottle. Shown on its network tab, and no part of its log. */
export type NetworkEvent =
  /**
   * Requests as egress told of them, in order. `n` is the bundle's number of the last of them: where to go on reading.
   * `lost` counts lines that could not be stored.
   */
  | { type: 'egress'; requests: readonly EgressAudit[]; n: number; lost?: number }
  | { type: 'probe'; checks: readonly ProbeCheck[]; verdict: 'green' | 'red'; durationMs: number }
  /**
   * The routes changed, or egress was closed or opened: `changes` says it in words, one line each, and nothing when
   * what was reviewed came into force. `inForce` once egress has said so.
   */
  | { type: 'routes'; digest: string; inForce: boolean; frozen: boolean; changes: readonly string[] }
  /** A daemon of the bundle, or the bundle as a whole, stopped guarding: what it guards is closed meanwhile. */
  | { type: 'bundle'; n: number; daemon: string; state: 'up' | 'down' | 'gave-up'; why: string }

/** What a log shows between its lines. */
export type LogEvent = Exclude<BottleEvent, NetworkEvent>
export const NETWORK_EVENTS = ['egress', 'probe', 'routes', 'bundle'] as const satisfies readonly NetworkEvent['type'][]
export const isNetworkEvent = (event: BottleEvent): event is NetworkEvent =>
  (NETWORK_EVENTS as readonly string[]).includes(event.type)

export interface StoredEvent {
  seq: EventSeq
  /** Epoch milliseconds. */
  at: number
  /** Number of the first log line that this event holds, from 1; null when it holds none. */
  firstLine: number | null
  /** How many log lines it holds. */
  lines: number
  event: BottleEvent
}

/** A bottle in these states makes no more events. */
export const FINAL_STATES: readonly BottleState[] = ['exited', 'failed', 'stopped']
