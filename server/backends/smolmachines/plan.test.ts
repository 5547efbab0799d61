import { expect, test } from 'vitest'
import type { SmolvmFacts } from '../../bottles/machine-facts.ts'
import type { Cidr } from '../../contract/ids.ts'
import type { LaunchChoice } from '../../manifest/request.ts'
import { resolve } from '../../manifest/resolve.ts'
import { SAMPLE_INPUTS, type SampleMachine, sampleMachine } from '../../testing/sample-machine.ts'
import { plan } from './plan.ts'

const SHELL = 'agent_provider: {template: shell}\nsupervise: false'
const NEW: SmolvmFacts = { version: '1.9.3', enforcesPolicy: true, unenforcedAllowed: false }
const OLD: SmolvmFacts = { version: '0.8.0', enforcesPolicy: false, unenforcedAllowed: false }

async function planned(
  machine: SampleMachine,
  smolvm: SmolvmFacts | null,
  { networks = [], ...choice }: Partial<LaunchChoice> & { networks?: string[] } = {},
) {
  const request = await resolve({ agent: 'dev', ...choice }, { ...SAMPLE_INPUTS, home: machine.home.path })
  return plan(request, machine.facts({ smolvm, networks: networks as Cidr[] }))
}
const codes = (notices: readonly { code: string }[]) => notices.map(({ code }) => code)

test('a plan names everything that a launch will make', async () => {
  await using machine = await sampleMachine(SHELL)
  expect(await planned(machine, NEW, { label: 'Fix login' })).toMatchObject({
    backend: 'smolmachines',
    slug: 'fix-login',
    machine: 'bot-bottle-fix-login',
    sidecars: 'bot-bottle-fix-login-sidecars',
    network: 'bot-bottle-fix-login',
    bundleSubnet: '192.168.159.0/24',
    gateway: '192.168.159.1',
    bundleAddress: '192.168.159.2',
    allowCidrs: ['192.168.159.2/32'],
    artifact: { kind: 'archive' },
    smolvm: '1.9.3',
    provider: { name: 'shell', argv: ['bash', '-l'] },
    blockers: [],
    warnings: [],
  })
})

test('the same files, choice and machine give the same plan, as frozen JSON', async () => {
  await using machine = await sampleMachine(SHELL)
  const [first, second] = [await planned(machine, NEW), await planned(machine, NEW)]
  expect(second).toEqual(first)
  expect(JSON.parse(JSON.stringify(first))).toEqual(first)
  expect(Object.isFrozen(first.allowCidrs)).toBe(true)
})

test('without smolvm there is a plan to read, and none to launch', async () => {
  await using machine = await sampleMachine(SHELL)
  const plan = await planned(machine, null)
  expect(codes(plan.blockers)).toEqual(['smolvm-missing'])
  expect(plan.smolvm).toBeNull()
})

test('a smolvm that enforces nothing is refused; with the operator’s switch it is a warning', async () => {
  await using machine = await sampleMachine(SHELL)
  const refused = await planned(machine, OLD)
  expect([codes(refused.blockers), codes(refused.warnings)]).toEqual([['smolvm-unenforced'], []])
  const allowed = await planned(machine, { ...OLD, unenforcedAllowed: true })
  expect([codes(allowed.blockers), codes(allowed.warnings)]).toEqual([[], ['smolvm-unenforced']])
  expect(allowed.artifact.kind).toBe('pack')
  const needless = await planned(machine, { ...NEW, unenforcedAllowed: true })
  expect([codes(needless.blockers), codes(needless.warnings)]).toEqual([[], []])
})

test('a network in which this machine is, is left alone; where all are taken nothing is launched', async () => {
  await using machine = await sampleMachine(SHELL)
  const usual = await planned(machine, NEW)
  const other = await planned(machine, NEW, { networks: [`${usual.bundleAddress}/20`] })
  expect(other.bundleSubnet).not.toBe(usual.bundleSubnet)
  expect(other.allowCidrs).toEqual([`${other.bundleAddress}/32`])
  const full = await planned(machine, NEW, { networks: ['192.168.0.9/16'] })
  expect(codes(full.blockers)).toEqual(['no-subnet'])
})
