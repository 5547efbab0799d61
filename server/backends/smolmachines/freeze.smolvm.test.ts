import { rm } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FreezeRun, Frozen } from '../../bottles/backend.ts'
import { StepOutput } from '../../bottles/step-output.ts'
import type { SmolmachinesPlan } from '../../contract/plan.ts'
import { testRun } from '../../testing/test-run.ts'
import { smolmachines } from './index.ts'
import { asNode } from './machine-guest.ts'
import { machineName } from './names.ts'
import { plan as planOf } from './plan.ts'
import { doubleAbsent, MachineHome } from './testing/machine-home.ts'

const absent = await doubleAbsent()
if (absent) console.warn(`skipped: ${absent}`)

describe.skipIf(absent)('a bottle in a micro-VM of smolvm 0.8.0 that is frozen', () => {
  let home: MachineHome
  const told: string[] = []
  const run = (): FreezeRun => ({
    output: new StepOutput('freeze', () => {}),
    signal: AbortSignal.timeout(300_000),
    ending: async (evidence) => void told.push(evidence),
  })
  beforeAll(async () => {
    home = await MachineHome.create('0.8.0')
    await home.write('work/README', 'from the host\n')
  })
  afterAll(() => home[Symbol.asyncDispose]())

  // Packing twice and booting twice: on a busy machine that takes its time.
  const LIMIT_MS = 300_000
  const choice = () => ({ workspace: { path: path.join(home.home, 'work'), mode: 'copy' as const } })
  let first: SmolmachinesPlan
  let kept: Frozen
  let firstCa = ''
  const sees = async (command: string) =>
    (await home.tools.smolvm.exec(machineName(first.slug), asNode(['sh', '-c', command], 512))).stdout.trim()

  test(
    'ends, and becomes an artifact that is whole and stays when all else of it goes',
    async () => {
      const backend = smolmachines(home.tools)
      first = await home.plan(choice())
      expect(first.cannotFreeze).toBeUndefined()
      await backend.launch(first, testRun())
      await sees('echo mine > /home/node/kept; echo changed > /home/node/workspace/README')
      firstCa = await sees('cat /etc/bot-bottle/ca.pem')

      kept = await backend.freeze(first.slug, run())
      expect(told).toEqual(['Its micro-VM was stopped to be frozen.'])
      expect(await backend.existing()).toMatchObject([{ slug: first.slug, agent: 'ended' }])
      expect(await backend.teardown(first.slug, () => {})).toEqual([])
      expect(await backend.frozen()).toMatchObject([{ slug: first.slug, digest: kept.digest, name: kept.reference }])
    },
    LIMIT_MS,
  )

  test(
    'is resumed with its home and its workspace, under a new authority',
    async () => {
      const backend = smolmachines(home.tools)
      await rm(path.join(home.home, 'state', first.slug, 'egress-ca'), { recursive: true })
      const frozen = { ...kept, image: first.image.digest }
      const request = { ...(await home.request(choice())), slug: first.slug, resume: { frozen } }
      const again = testRun()
      await backend.launch(await planOf(request, await home.facts()), again)
      expect(again.text('artifact')).toContain('Going on from')
      expect(await sees('cat /home/node/kept /home/node/workspace/README')).toBe('mine\nchanged')
      const ca = await sees('cat /etc/bot-bottle/ca.pem')
      const store = await sees('cat /etc/ssl/certs/ca-certificates.crt')
      const times = (pem: string) => store.split(pem.split('\n').at(-2)!).length - 1
      expect([times(ca), times(firstCa)]).toEqual([1, 0])
      expect(await backend.teardown(first.slug, () => {})).toEqual([])
      await backend.discardFrozen(first.slug, null)
      expect(await backend.frozen()).toEqual([])
    },
    LIMIT_MS,
  )
})
