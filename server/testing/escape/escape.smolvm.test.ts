import { describe } from 'vitest'
import { doubleAbsent } from '../../backends/smolmachines/testing/machine-home.ts'
import { escapeSuite } from './escape-suite.ts'
import { MachineLab } from './machine-lab.ts'

const absent = await doubleAbsent()

describe.skipIf(absent)(
  `from inside a bottle in a micro-VM (the double of smolvm)${absent ? ` (skipped: ${absent})` : ''}`,
  () => escapeSuite(() => MachineLab.open()),
)
