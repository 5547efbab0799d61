import type { BundleState } from '../bottles/backend.ts'
import type { BundleHealth } from '../contract/bundle.ts'
import type { Docker } from '../engine/docker.ts'

const HEALTH = ['node', '/opt/bot-bottle/supervisor.mjs', '--health']
/** The supervisor listens a moment after the engine says that its container runs. */
const HEALTH_TRIES = 20
const HEALTH_PAUSE_MS = 150

/**
 * What a bundle's container does now, by asking the engine and the supervisor in it.
 * @param container id; null: there is none
 * @throws BackendUnavailableError when the engine does not answer
 */
export async function bundleState(docker: Docker, container: string | null, signal: AbortSignal): Promise<BundleState> {
  const facts = container === null ? null : await docker.inspectContainer(container)
  if (!facts || container === null) return { kind: 'gone' }
  const { Running, ExitCode, OOMKilled } = facts.State
  if (!Running) return { kind: 'ended', gaveUp: ExitCode === 1, why: whyEnded(ExitCode, OOMKilled) }
  const health = await askHealth(docker, container, signal)
  if (!health?.handedOver) return { kind: 'waiting' }
  const since = health.ready ? Math.max(...health.daemons.map((daemon) => daemon.since)) : null
  return { kind: 'guarding', given: health.given, since }
}

/** The supervisor ends with 1 when a daemon could not be kept alive, and with 0 when it was told to end. */
function whyEnded(code: number, outOfMemory: boolean): string {
  if (outOfMemory) return 'the kernel ended it because its memory limit was reached'
  if (code === 137) return 'it was killed (SIGKILL)'
  return code === 0 ? 'it was told to end' : `it ended with code ${code}`
}

/** @returns null where it cannot be had: such a bundle is handed everything again, which is never wrong */
async function askHealth(docker: Docker, container: string, signal: AbortSignal): Promise<BundleHealth | null> {
  for (let attempt = 0; attempt < HEALTH_TRIES; attempt++) {
    const { stdout } = await docker.run(container, { command: HEALTH, user: '0:0', signal })
    try {
      return JSON.parse(stdout) as BundleHealth
    } catch {
      await new Promise((resolve) => setTimeout(resolve, HEALTH_PAUSE_MS))
      signal.throwIfAborted()
    }
  }
  return null
}
