import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { SmolvmFacts } from '../../bottles/machine-facts.ts'
import type { DoctorCheck } from '../../contract/views.ts'
import { messageOf } from '../../errors.ts'
import { addressingFor, aliasCommand, aliasesOf } from './addressing.ts'
import { artifactFolder } from './artifact.ts'
import { bootCheck } from './boot-check.ts'
import { limitsOf, OLDEST_ENFORCED, type SmolvmVersion } from './capabilities.ts'
import type { SmolmachinesTools } from './tools.ts'

type Tools = Pick<SmolmachinesTools, 'smolvm' | 'cache' | 'boots'>

/** What the doctor says of micro-VMs. Without smolvm they are absent, which is no problem. */
export async function preflight(facts: SmolvmFacts | null, tools: Tools): Promise<readonly DoctorCheck[]> {
  if (!facts) return [await missing(tools)]
  const version = facts.version as SmolvmVersion
  return [
    programCheck(version, tools.smolvm.program),
    policyCheck(facts),
    ...addressingCheck(facts),
    await bootCheck(tools.boots, facts.platform),
    await cacheCheck(tools),
  ]
}

const group = 'Micro-VMs' as const

async function missing({ smolvm }: Pick<Tools, 'smolvm'>): Promise<DoctorCheck> {
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

/** Where the machine reaches its bundle through this computer's own addresses; elsewhere there is nothing to tell. */
function addressingCheck(facts: SmolvmFacts): DoctorCheck[] {
  const { kind } = addressingFor(facts)
  if (kind === 'routable') return []
  const check = { id: 'smolvm-aliases', group, title: 'Addresses for bundles' }
  const pool = aliasesOf(kind)
  const { length: missing } = facts.absentAliases
  const range = `${pool[0]} to ${pool.at(-1)}`
  if (missing === 0)
    return [
      {
        ...check,
        result: 'ok',
        detail: `${range} are there, one for each bottle. That machines find their bundles so was never tried on a Mac.`,
        fix: null,
      },
    ]
  return [
    {
      ...check,
      result: missing === pool.length ? 'problem' : 'warning',
      detail: `${missing} of the ${pool.length} addresses from ${range} are missing; each micro-VM needs one. They have to be added again after a restart of this computer. (Never tried on a Mac.)`,
      fix: { kind: 'command', value: aliasCommand(facts.absentAliases) },
    },
  ]
}

async function cacheCheck({ cache }: Pick<Tools, 'cache'>): Promise<DoctorCheck> {
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
