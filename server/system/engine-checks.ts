import { access } from 'node:fs/promises'
import type { EngineFacts } from '../bottles/machine-facts.ts'
import type { DoctorCheck } from '../contract/views.ts'
import { messageOf } from '../errors.ts'
import { findProgram } from './host-checks.ts'
import { diskCheck } from './storage-checks.ts'

const OLDEST_API = [1, 41] as const

/** Rows about the Docker engine; when it does not answer, the one row that says so. */
export async function engineChecks(
  facts: () => Promise<EngineFacts>,
  searchPath = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`,
): Promise<DoctorCheck[]> {
  let engine: EngineFacts
  try {
    engine = await facts()
  } catch (error) {
    return [row('engine', 'Docker engine', 'problem', messageOf(error), command('sudo systemctl start docker'))]
  }
  const checks = [
    row('engine', 'Docker engine', 'ok', `${engine.name} answers.`),
    apiRow(engine),
    runtimeRow(engine),
    await baseImageRow(engine, searchPath),
  ]
  // The engine may be on another machine, whose disk cannot be looked at from here.
  const isHere = await access(engine.storage).then(
    () => true,
    () => false,
  )
  return isHere ? [...checks, await diskCheck('docker-disk', engine.storage, 'of Docker', 'Docker')] : checks
}

function apiRow({ apiVersion }: EngineFacts): DoctorCheck {
  const [major = 0, minor = 0] = apiVersion.split('.').map(Number)
  const fits = major > OLDEST_API[0] || (major === OLDEST_API[0] && minor >= OLDEST_API[1])
  return fits
    ? row('engine-api', 'Engine API', 'ok', `Version ${apiVersion}.`)
    : row(
        'engine-api',
        'Engine API',
        'problem',
        `Version ${apiVersion}; bottles need ${OLDEST_API.join('.')} or newer.`,
        {
          kind: 'text',
          value: 'Install Docker Engine 20.10 or newer.',
        },
      )
}

function runtimeRow({ hasRunsc, runscWorks }: EngineFacts): DoctorCheck {
  const title = 'gVisor'
  if (runscWorks) return row('runtime', title, 'ok', 'The engine has runsc and it works: bottles run under it.')
  const text = {
    kind: 'text',
    value: 'Install gVisor and add it to the engine: https://gvisor.dev/docs/user_guide/install/',
  } as const
  return hasRunsc
    ? row(
        'runtime',
        title,
        'warning',
        'The engine has runsc, but no container was seen to run under it; runc is used.',
        text,
      )
    : row(
        'runtime',
        title,
        'absent',
        'The engine has no runsc: bottles run under runc and share the kernel of the host.',
        text,
      )
}

async function baseImageRow({ hasBaseImage }: EngineFacts, searchPath: string): Promise<DoctorCheck> {
  const title = 'Base image'
  if (hasBaseImage) return row('base-image', title, 'ok', 'It is there.')
  const debootstrap = await findProgram('debootstrap', searchPath)
  const detail = 'It is not there yet: the first launch pulls it'
  return debootstrap
    ? row('base-image', title, 'ok', `${detail}, or builds it from Debian’s archive where no registry answers.`)
    : row(
        'base-image',
        title,
        'warning',
        `${detail}. Where no registry answers it is built from Debian’s archive, for which debootstrap is missing.`,
        command('sudo apt-get install -y debootstrap'),
      )
}

const command = (value: string) => ({ kind: 'command', value }) as const

const row = (
  id: string,
  title: string,
  result: DoctorCheck['result'],
  detail: string,
  fix: DoctorCheck['fix'] = null,
): DoctorCheck => ({ id, group: 'Docker', title, result, detail, fix })
