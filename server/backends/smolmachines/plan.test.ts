import { expect, test } from 'vitest'
import type { SmolvmFacts } from '../../bottles/machine-facts.ts'
import type { Cidr } from '../../contract/ids.ts'
import type { LaunchChoice } from '../../manifest/request.ts'
import { resolve } from '../../manifest/resolve.ts'
import { SAMPLE_INPUTS, type SampleMachine, sampleMachine } from '../../testing/sample-machine.ts'
import { aliasesOf } from './addressing.ts'
import { plan } from './plan.ts'

const SHELL = 'agent_provider: {template: shell}\nsupervise: false'
const HERE = { platform: 'linux', absentAliases: [], engineNetworks: [] } as const
const NEW: SmolvmFacts = { version: '1.9.3', enforcesPolicy: true, unenforcedAllowed: false, ...HERE }
const OLD: SmolvmFacts = { version: '0.8.0', enforcesPolicy: false, unenforcedAllowed: false, ...HERE }
const ON_MAC = { platform: 'darwin', unenforcedAllowed: true } as const

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
    addressing: { kind: 'routable', unverified: false },
    allowCidrs: ['192.168.159.2/32'],
    size: { cpus: 2, memoryMiB: 4096, storageGiB: 20, overlayGiB: null },
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

test('a network of the engine is left alone, too: it may be on no address of this machine', async () => {
  await using machine = await sampleMachine(SHELL)
  const usual = await planned(machine, NEW)
  const other = await planned(machine, { ...NEW, engineNetworks: [usual.bundleSubnet] })
  expect(other.bundleSubnet).not.toBe(usual.bundleSubnet)
})

test('a limit of the disk holds for both disks of the machine, in whole GiB; processors are whole, and that is told', async () => {
  await using machine = await sampleMachine(`${SHELL}\nlimits: {cpus: 1.4, disk: 2500m}`)
  const plan = await planned(machine, NEW)
  expect(plan.size).toEqual({ cpus: 1, memoryMiB: 4096, storageGiB: 3, overlayGiB: 3 })
  expect(codes(plan.warnings)).toEqual(['whole-cpus'])
})

test.each([
  ['0.8.0', 'loopback-alias', '127.0.0.16/28'],
  ['1.1.2', 'loopback-alias', '127.0.0.16/28'],
  ['1.1.3', 'private-alias', '10.211.0.16/28'],
] as const)('on a Mac, %s finds its bundle by a %s, which nobody has tried there', async (version, kind, pool) => {
  await using machine = await sampleMachine(SHELL)
  const plan = await planned(machine, { ...(version === '1.1.3' ? NEW : OLD), ...ON_MAC, version })
  expect(plan).toMatchObject({ addressing: { kind, unverified: true }, allowCidrs: [pool], blockers: [] })
  expect(codes(plan.warnings)).toEqual(expect.arrayContaining(['alias-shared', 'addressing-unverified']))
})

test('a Mac without the addresses is told the one command that adds them, and nothing is launched', async () => {
  await using machine = await sampleMachine(SHELL)
  const absentAliases = aliasesOf('loopback-alias')
  const { blockers } = await planned(machine, { ...OLD, ...ON_MAC, absentAliases })
  expect(codes(blockers)).toEqual(['no-alias'])
  expect(blockers[0]!.fix).toMatch(/^sudo sh -c 'for a in 127\.0\.0\.16 .* 127\.0\.0\.31; do ifconfig lo0 alias/)
  // One is enough for a bottle.
  expect((await planned(machine, { ...OLD, ...ON_MAC, absentAliases: absentAliases.slice(1) })).blockers).toEqual([])
})
