import { Failure } from '../failure.ts'

export const MACHINE_STATES = ['created', 'running', 'stopped', 'failed', 'unreachable'] as const
export type MachineState = (typeof MACHINE_STATES)[number]

/** A machine as its row holds it. Keys are upstream's; `fake_*` are what only the double needs to know. */
export interface MachineRecord {
  name: string
  state: MachineState
  cpus: number
  mem: number
  storage_gb: number | null
  overlay_gb: number | null
  pid: number | null
  pid_start_time: number | null
  /** Epoch seconds, as text: upstream's reader takes it so. */
  created_at: string
  /** `[host, guest, read only]` */
  mounts: readonly [string, string, boolean][]
  ports: readonly [number, number][]
  network: boolean
  network_backend: 'tsi' | 'virtio-net' | null
  /** Null: open. Empty: everything is denied. */
  allowed_cidrs: readonly string[] | null
  dns_filter_hosts: readonly string[] | null
  env: readonly [string, string][]
  workdir: string | null
  init: readonly string[]
  init_completed: boolean
  image: string | null
  /** Path of the artifact that the machine was made from. */
  source_smolmachine: string | null
  entrypoint: readonly string[]
  cmd: readonly string[]
  labels: Readonly<Record<string, string>>
  fake_image_id: string | null
  fake_user: string
  /** The image came as a local archive, not from a registry. */
  fake_archive: boolean
  /** Process in whose network namespace the gateway is; null without a network. */
  fake_gateway: number | null
  /** Execs that still fail (knob). */
  fake_failing_execs: number
  /** No exec worked yet since the last start. */
  fake_fresh: boolean
}

/** 1 to 128 characters; no `--`, no `-` at the end, no path separators. @throws Failure */
export function checkName(name: string): string {
  const good = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,127}$/.test(name) && !name.includes('--') && !name.endsWith('-')
  if (!good) throw new Failure(`invalid machine name: '${name}'`)
  return name
}

/** What `ls --json` and `status --json` show: neither the policy nor the environment. */
export function shown(record: MachineRecord, state: MachineState, since1: boolean): Record<string, unknown> {
  return {
    name: record.name,
    state,
    cpus: record.cpus,
    memory_mib: record.mem,
    pid: state === 'running' || state === 'unreachable' ? record.pid : null,
    mounts: record.mounts.length,
    ports: record.ports.length,
    created_at: Number(record.created_at),
    storage_gb: record.storage_gb,
    overlay_gb: record.overlay_gb,
    image: record.image,
    entrypoint: record.entrypoint,
    cmd: record.cmd,
    ephemeral: false,
    gpu: false,
    gpu_vram_mib: null,
    restart_policy: 'never',
    restart_max_retries: 0,
    restart_count: 0,
    health_cmd: null,
    health_interval_secs: null,
    health_timeout_secs: null,
    health_retries: null,
    network: record.network,
    ...(since1 && {
      cuda: false,
      forkable: false,
      cuda_fork_pool_size: null,
      cuda_vram_limit_mib: null,
      forkpoint_held: false,
      labels: record.labels,
    }),
  }
}
