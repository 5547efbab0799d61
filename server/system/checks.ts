import path from 'node:path'
import type { EngineFacts } from '../bottles/machine-facts.ts'
import type { DoctorCheck } from '../contract/views.ts'
import type { Env } from '../env.ts'
import type { Logger } from '../logger.ts'
import { Doctor } from './doctor.ts'
import { engineChecks } from './engine-checks.ts'
import { extraCaCheck, gitCheck, nodeCheck } from './host-checks.ts'
import { databaseCheck, diskCheck, homeCheck } from './storage-checks.ts'

interface DoctorParts {
  env: Pick<Env, 'home' | 'extraCa'>
  /** Rejects when the engine does not answer. */
  engineFacts(): Promise<EngineFacts>
  /** What the micro-VM backend finds of its own. */
  smolvm(): Promise<readonly DoctorCheck[]>
  logger: Logger
  /** Runs the smallest query there is. */
  askDatabase(): Promise<unknown>
}

/** The doctor with all that it looks at, in the order of the system page. */
export function createDoctor({ env, engineFacts, smolvm, logger, askDatabase }: DoctorParts): Doctor {
  return new Doctor(
    {
      node: () => nodeCheck(),
      git: () => gitCheck(),
      'extra-ca': () => extraCaCheck(env.extraCa),
      engine: () => engineChecks(engineFacts),
      smolvm: () => smolvm(),
      home: () => homeCheck(env.home),
      disk: () => diskCheck('disk', env.home, 'of the home'),
      database: () => databaseCheck({ file: path.join(env.home, 'dashboard.db'), ask: askDatabase }),
    },
    logger,
  )
}
