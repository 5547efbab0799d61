import type { BottleState, LogEvent, StepName, StoredEvent } from './events.ts'
import type { BackendName, BottleSlug, EventSeq, ManifestName, ShareId } from './ids.ts'
import type { BottleColor, BottlePlan } from './plan.ts'

/** One bottle as the overview shows it. Also the `bottle` event of `/api/events`. */
export interface BottleView {
  slug: BottleSlug
  agent: ManifestName
  provider: string
  backend: BackendName
  runtime: string
  label: string | null
  color: BottleColor | null
  state: BottleState
  /** What was seen that led to the state, in words for the operator. */
  evidence: string
  /** Of the agent's process, once it ended. */
  exitCode: number | null
  /** Epoch milliseconds. */
  createdAt: number
  /** When the agent started; null before. */
  startedAt: number | null
  endedAt: number | null
  /** When the state last changed. */
  stateSince: number
  /** While launching. */
  launch: { step: StepName; done: number; total: number } | null
  life: BottleLife | null
  /** Its way out; null before the bundle is up and once the bottle is over. */
  egress: BottleEgress | null
  /** Last line of the terminal or, while launching, of the log; plain text, at most 200 characters. */
  lastLine: string | null
  /** Releases that failed at stop, by name; shown until somebody deals with them. */
  leftBehind: readonly string[]
  /** What it would be resumed from; null: it was never frozen, and would begin from its image again. */
  frozen: FrozenView | null
  /** It is being frozen right now. */
  freezing: boolean
  /** Why it cannot be frozen here, and what to do; null where it can. */
  cannotFreeze: string | null
}

/** What was kept of a bottle's files when it was frozen last. */
export interface FrozenView {
  /** Epoch milliseconds. */
  at: number
  /** What it takes on the disk. */
  bytes: number
}

/** Live figures; null until the engine has told them. */
export interface BottleLife {
  /** Per cent of one core, 0 to 100 × cores. */
  cpu: number
  /** Bytes. */
  memory: number
  /** The last 30 values of `cpu`, oldest first. */
  cpuHistory: readonly number[]
}

/** What the overview tells of a bottle's boundary. */
export interface BottleEgress {
  /** The operator closed it. */
  frozen: boolean
  /** What the last boundary probe said. */
  probe: 'green' | 'red' | 'unknown'
  /** Requests refused so far. */
  refused: number
  /** Requests in the last 60 seconds. */
  perMinute: number
  /** Set while its bundle does not guard, so that nothing goes out: why, and whether it is started again by itself. */
  down?: { again: boolean; why: string }
  /** What it goes without since the server or the bundle was started again, one sentence or two each. */
  notices?: readonly string[]
}

export interface BottleDetail extends BottleView {
  plan: BottlePlan
  planDigest: string
  shells: readonly ShellView[]
  /** Highest event number so far. */
  lastSeq: EventSeq
  /** Number of log lines so far. */
  logLines: number
}
export interface ShellView {
  /** Value of `?session=` of the terminal's address. */
  session: string
  openedAt: number
}

/** Message of the subscription `events.follow`: all that one browser tab shows travels on one stream. */
export type TabMessage =
  /** A bottle appeared or changed. On connect, one for each bottle. */
  | { kind: 'bottle'; bottle: BottleView }
  | { kind: 'bottle-removed'; slug: BottleSlug }
  /** Events of the bottle that the tab shows, in order, stored ones first. */
  | { kind: 'events'; slug: BottleSlug; events: readonly StoredEvent[] }
  /** Everything stored has been sent; what follows is live. */
  | { kind: 'live' }
  | { kind: 'engine'; engine: EngineView }

export interface EngineView {
  reachable: boolean
  /** `Docker 20.10.24` */
  name: string
  runtime: string
  /** Why it is not reachable, and what to do. */
  problem: string | null
}

/** One way to isolate a bottle, as it is on this machine. */
export interface IsolationView {
  backend: BackendName
  /** `Docker 20.10.24`, `smolvm 1.9.3`; null where it is missing. */
  name: string | null
  /** From confirm to the agent, milliseconds: the median of the latest launches here; null when there was none. */
  startMs: number | null
}

/** Lines of a log, for drawing a window of it. */
export interface LogLine {
  /** From 1. */
  n: number
  /** Epoch milliseconds. */
  at: number
  step: StepName
  stream: 'stdout' | 'stderr'
  /** With ANSI as it came, without the line's end. */
  text: string
}
/** A mark between lines: a step's beginning or end, dropped lines, a state. */
export interface LogMark {
  /** The mark stands before this line. */
  beforeLine: number
  at: number
  event: Exclude<LogEvent, { type: 'output' | 'progress' }>
}
export interface LogPage {
  /** Lines in the log so far. */
  total: number
  from: number
  lines: readonly LogLine[]
  marks: readonly LogMark[]
  /** Highest event number that this page knows; follow from here. */
  lastSeq: EventSeq
}
/** A log without its lines: where its steps begin and end, and what else stands between lines. A few dozen marks. */
export interface LogOutline {
  total: number
  marks: readonly LogMark[]
  /** Highest event number that this outline knows; follow from here. */
  lastSeq: EventSeq
}
export interface LogSearch {
  /** Matches in the whole log; counted up to 100,000. */
  total: number
  /** Line numbers of the first 10,000 of them. */
  lines: readonly number[]
}

export interface ShareView {
  id: ShareId
  slug: BottleSlug
  kind: 'log' | 'terminal'
  fromLine: number | null
  toLine: number | null
  createdAt: number
  expiresAt: number
  revokedAt: number | null
  state: 'active' | 'expired' | 'revoked'
}
/** The only answer that ever holds the token. */
export interface ShareCreated extends ShareView {
  /** Path, `/share/<token>`. */
  path: string
}
/** What a shared page may know. */
export interface SharedLogView {
  kind: 'log' | 'terminal'
  agent: string
  label: string | null
  slug: BottleSlug
  state: BottleState
  createdAt: number
  expiresAt: number
  fromLine: number | null
  toLine: number | null
}

/** One row of the doctor. */
export interface DoctorCheck {
  /** Stable word: `node`, `engine`, `runtime`, `disk`, `home`, `extra-ca`, `smolvm` … */
  id: string
  group: 'Server' | 'Docker' | 'Micro-VMs' | 'Storage'
  title: string
  result: 'ok' | 'warning' | 'problem' | 'absent'
  /** What was seen. */
  detail: string
  /** A command to copy, or a sentence; null when nothing is to be done. */
  fix: { kind: 'command' | 'text'; value: string } | null
  /** Something that the server can do about it when told to: `system.act`. */
  action?: { id: DoctorAction; label: string }
}
export const DOCTOR_ACTIONS = ['boot-trial', 'cancel-boot-trial'] as const
export type DoctorAction = (typeof DOCTOR_ACTIONS)[number]
export interface DoctorReport {
  checkedAt: number
  checks: readonly DoctorCheck[]
}

/** Something of ours that no bottle accounts for. */
export interface Leftover {
  /** Stable within one listing: `container:<id>`, `image:<reference>`, `folder:<path>`. */
  id: string
  kind: 'container' | 'network' | 'volume' | 'image' | 'folder' | 'artifact'
  name: string
  slug: string | null
  /** Bytes; null where the engine does not say. */
  bytes: number | null
  createdAt: number | null
  why: string
}
export interface CleanResult {
  dryRun: boolean
  removed: readonly string[]
  failed: readonly { id: string; message: string }[]
  /** Bytes set free, as far as known. */
  bytes: number
}

export interface Health {
  ok: boolean
  version: string
  engine: EngineView
}
