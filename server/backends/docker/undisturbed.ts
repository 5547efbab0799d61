import { setTimeout as pause } from 'node:timers/promises'
import type { Docker } from '../../engine/docker.ts'
import { KeyedLock } from '../../lib/keyed-lock.ts'

const LOOK_MS = 100

/**
 * What must not overlap in one bottle: while it is paused, a probe inside would stand still, run into its limits and
 * close egress for nothing.
 */
export const undisturbed = new KeyedLock()

/** Resolves once a container is not paused: the engine may still be at what a server that has ended asked for. */
export async function goesOn(docker: Docker, container: string, signal: AbortSignal): Promise<void> {
  while ((await docker.inspectContainer(container))?.State.Paused) await pause(LOOK_MS, undefined, { signal })
}
