import { access, constants } from 'node:fs/promises'
import type { DoctorCheck } from '../../contract/views.ts'
import type { BootTrials } from './boot-trials.ts'

/** A device that opens is no proof that a kernel boots on it; what booted is. The trial is offered, and goes on beside. */
export async function bootCheck(
  boots: Pick<BootTrials, 'seen' | 'runningSince'>,
  platform: NodeJS.Platform,
): Promise<DoctorCheck> {
  const check = { id: 'smolvm-boot', group: 'Micro-VMs' as const, title: 'A machine boots' }
  const since = boots.runningSince
  if (since !== null)
    return {
      ...check,
      result: 'warning',
      detail: `An empty machine is being started, since ${Math.round((Date.now() - since) / 1000)} s.`,
      fix: null,
      action: { id: 'cancel-boot-trial', label: 'Cancel' },
    }
  const seen = await boots.seen()
  const again = { id: 'boot-trial', label: seen ? 'Try again' : 'Try it' } as const
  if (seen?.ok)
    return {
      ...check,
      result: 'ok',
      detail: `One was ready ${(seen.readyMs / 1000).toFixed(1)} s after it was started.`,
      fix: null,
      action: again,
    }
  const device = platform === 'linux' ? await deviceProblem() : null
  const virtualisation = 'Switch hardware virtualisation on, and let your user read and write /dev/kvm (group kvm).'
  if (!seen && !device)
    return {
      ...check,
      result: 'warning',
      detail: 'This smolvm was not seen to start a machine here yet; a launch shows it, or a trial with an empty one.',
      fix: null,
      action: again,
    }
  return {
    ...check,
    result: 'problem',
    detail: seen ? `The last one did not: ${seen.why}${device ? ` ${device}` : ''}` : device!,
    fix: { kind: 'text', value: device ? virtualisation : 'Its own log may tell more: RUST_LOG=debug smolvm …' },
    action: again,
  }
}

async function deviceProblem(): Promise<string | null> {
  return access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => null,
    (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? 'There is no /dev/kvm here.' : 'Your user may not use /dev/kvm.',
  )
}
