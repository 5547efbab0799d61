import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { EgressAudit } from '../../../server/contract/egress.ts'
import { mintCa } from '../egress/leaf-issuer.ts'
import type { ChildSetup } from './egress-child.ts'
import { HOST, TOKEN, tableFor, type Upstream } from './egress-fixture.ts'

/** Egress with its real scanner, alone in a process, so that its memory can be told from that of the test. */
export class EgressProcess implements Disposable {
  readonly audit: EgressAudit[] = []
  port = 0
  guestCa = ''

  private constructor(
    private readonly child: ChildProcess,
    /** What CONNECT names. */
    readonly at: string,
  ) {}

  /** @param route changes to the one route, which leads to `upstream` with a credential and is scanned both ways */
  static async start(upstream: Upstream, route: object = {}): Promise<EgressProcess> {
    const script = path.join(import.meta.dirname, 'egress-child.ts')
    // As much heap as the supervisor gives it.
    const child = spawn(process.execPath, ['--max-old-space-size=256', '--import', 'tsx', script], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const running = new EgressProcess(child, `${HOST}:${upstream.port}`)
    const ca = await mintCa('test')
    running.guestCa = ca.certificate
    child.on('message', ({ audit }: { audit?: EgressAudit }) => audit && running.audit.push(audit))
    child.send({
      ca,
      table: JSON.stringify(tableFor(upstream.port, route).file),
      tokens: { API: TOKEN },
      known: [{ name: 'API', value: TOKEN }],
      upstreamCa: upstream.ca,
    } satisfies ChildSetup)
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    running.port = port
    return running
  }

  [Symbol.dispose](): void {
    this.child.kill('SIGKILL')
  }

  /** Resident memory in MiB: now, and at most since the last `forgetPeak`. */
  get memory(): { now: number; peak: number } {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8')
    const mib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024
    return { now: mib('VmRSS'), peak: mib('VmHWM') }
  }

  /** @returns resident memory now, in MiB */
  forgetPeak(): number {
    writeFileSync(`/proc/${this.child.pid}/clear_refs`, '5')
    return this.memory.now
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }
}
