import { describe } from 'vitest'
import { engineAbsent } from '../../backends/docker/testing/test-home.ts'
import { DockerLab } from './docker-lab.ts'
import { escapeSuite } from './escape-suite.ts'

const absent = await engineAbsent()

describe.skipIf(absent)(`from inside a bottle on Docker${absent ? ` (skipped: ${absent})` : ''}`, () =>
  escapeSuite(() => DockerLab.open()),
)
