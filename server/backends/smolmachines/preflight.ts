import { access, constants, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { SmolvmFacts } from '../../bottles/machine-facts.ts'
import type { DoctorCheck } from '../../contract/views.ts'
import { BackendUnavailableError, messageOf } from '../../errors.ts'
import { artifactFolder } from './artifact.ts'
import { bootTrial } from './boot-trial.ts'
import { can, limitsOf, OLDEST_ENFORCED, type SmolvmVersion } from './capabilities.ts'
import type { SmolmachinesTools } from './tools.ts'

type Tools = Pick<SmolmachinesTools, 'smolvm' | 'unenforcedAllowed' | 'cache'>

/** What enters planning. @returns null when smolvm is not there or cannot be used */
export async function smolvmFacts({ smolvm, unenforcedAllowed }: Omit<Tools, 'cache'>): Promise<SmolvmFacts | null> {
  try {
    const version = await smolvm.version()
    return { version, enforcesPolicy: can(version, 'enforcedPolicy'), unenforcedAllowed }
  } catch (error) {
    if (error instanceof BackendUnavailableError) return null
    throw error
  }
}

/** What the doctor says of micro-VMs. Without smolvm they are absent, which is no problem. */
export async function preflight(facts: SmolvmFacts | null, tools: Tools): Promise<readonly DoctorCheck[]> {
  if (!facts) return [await missing(tools)]
  const version = facts.version as SmolvmVersion
  return [
    programCheck(version, tools.smolvm.program),
    policyCheck(facts),
    await bootCheck(tools),
    await cacheCheck(tools),
  ]
}

const group = 'Micro-VMs' as const

async function missing({ smolvm }: Tools): Promise<DoctorCheck> {
  const why = await smolvm.version().then(
    () => 'It answers now; look again.',
    (error: unknown) => messageOf(error),
  )
  return {
    id: 'smolvm',
    group,
    title: 'smolvm',
    result: 'absent',
    detail: `Only bottles in micro-VMs need it. ${why}`,
    fix: {
      kind: 'text',
      value: `Install smolvm ${OLDEST_ENFORCED} or newer; BOT_BOTTLE_SMOLVM names it where it is not on the PATH.`,
    },
  }
}

function programCheck(version: SmolvmVersion, program: string): DoctorCheck {
  const limits = limitsOf(version)
  return {
    id: 'smolvm',
    group,
    title: 'smolvm',
    result: 'ok',
    detail: [`${version} (${program}).`, ...limits].join(' '),
    fix: null,
  }
}

function policyCheck({ version, enforcesPolicy, unenforcedAllowed }: SmolvmFacts): DoctorCheck {
  const check = { id: 'smolvm-policy', group, title: 'What a machine may reach' }
  if (enforcesPolicy)
    return {
      ...check,
      result: 'ok',
      detail: 'Enforced by smolvm, and proved by the boundary probe at every launch.',
      fix: null,
    }
  return {
    ...check,
    result: unenforcedAllowed ? 'warning' : 'problem',
    detail: unenforcedAllowed
      ? `${version} may not enforce it. You allowed this version: machines start where the boundary probe is green.`
      : `${version} may not enforce it, so no machine is launched.`,
    fix: {
      kind: 'text',
      value: `Install smolvm ${OLDEST_ENFORCED} or newer${unenforcedAllowed ? '' : ', or set BOT_BOTTLE_UNENFORCED_SMOLVM=1 and start again'}.`,
    },
  }
}

/** A device that opens is no proof that a kernel boots on it; what booted is. */
async function bootCheck(tools: Tools): Promise<DoctorCheck> {
  const check = { id: 'smolvm-boot', group, title: 'A machine boots' }
  const trial = bootTrial(tools.smolvm.program)
  if (trial)
    return {
      ...check,
      result: 'ok',
      detail: `One was ready ${(trial.readyMs / 1000).toFixed(1)} s after it was started.`,
      fix: null,
    }
  const device = process.platform === 'linux' ? await deviceProblem() : null
  return {
    ...check,
    result: device ? 'problem' : 'warning',
    detail: device ?? 'No machine was started since this server began; the first launch shows it.',
    fix: device
      ? {
          kind: 'text',
          value: 'Switch hardware virtualisation on, and let your user read and write /dev/kvm (group kvm).',
        }
      : null,
  }
}

async function deviceProblem(): Promise<string | null> {
  return access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => null,
    (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? 'There is no /dev/kvm here.' : 'Your user may not use /dev/kvm.',
  )
}

async function cacheCheck({ cache }: Tools): Promise<DoctorCheck> {
  const folder = artifactFolder(cache)
  const names = await readdir(folder).catch(() => [])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(path.join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  return {
    id: 'smolvm-cache',
    group,
    title: 'Artifacts kept',
    result: 'ok',
    detail:
      names.length === 0
        ? `None yet; they will be in ${folder}.`
        : `${names.length === 1 ? '1 file' : `${names.length} files`}, ${Math.ceil(bytes / 1e6)} MB, in ${folder}. The newest is kept, others are leftovers, below.`,
    fix: null,
  }
}
