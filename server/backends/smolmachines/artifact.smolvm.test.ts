import { mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createClient } from '@libsql/client'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { StepOutput } from '../../bottles/step-output.ts'
import { LAUNCH_STEPS } from '../../contract/launch-steps.ts'
import { homeHash, LABEL } from '../../engine/names.ts'
import { testRun } from '../../testing/test-run.ts'
import { untilSeen } from '../../testing/until-seen.ts'
import { artifact, artifactFolder } from './artifact.ts'
import { artifactDamage } from './artifact-check.ts'
import { existing } from './existing.ts'
import { launch } from './launch.ts'
import { recordsFile } from './policy.ts'
import { teardown } from './teardown.ts'
import { doubleAbsent, MachineHome } from './testing/machine-home.ts'
import { tracesOf } from './testing/machine-parity.ts'

const absent = await doubleAbsent()

describe.skipIf(absent)(
  `a smolvm that takes images from a registry only (the double of 0.8.0)${absent ? ` (skipped: ${absent})` : ''}`,
  () => {
    let home: MachineHome
    let cache = ''
    beforeAll(async () => {
      cache = await mkdtemp(path.join(tmpdir(), 'bot-bottle-cache-'))
      home = await MachineHome.create('0.8.0', {}, cache)
    })
    afterAll(async () => {
      await home[Symbol.asyncDispose]()
      await rm(cache, { recursive: true, force: true })
    })
    afterEach(async () => {
      for (const { slug } of await existing(home.tools)) await teardown(slug, home.tools)
    })

    const kept = async () => (await readdir(artifactFolder(cache)).catch(() => [])).sort()
    const launched = async () => {
      const plan = await home.plan()
      const run = testRun()
      return { plan, run, bottle: await launch(plan, run, home.tools) }
    }

    /** Registries, what pushes, their networks, and archives. */
    async function remains(): Promise<string[]> {
      const labels = [`${LABEL.home}=${homeHash(home.home)}`, `${LABEL.role}=registry`]
      const [containers, networks, folders] = await Promise.all([
        home.tools.docker.listContainers(labels),
        home.tools.docker.listNetworks(labels),
        readdir(tmpdir()),
      ])
      return [
        ...containers.map(({ Names }) => Names.join()),
        ...networks.map(({ Name }) => Name),
        ...folders.filter((name) => name.startsWith('bot-bottle-pack-')),
      ]
    }

    test('two launches at once pack the image once, and leave nothing of the registry', async () => {
      const plans = [await home.plan(), await home.plan()]
      const runs = plans.map(() => testRun())
      const bottles = await Promise.all(plans.map((plan, n) => launch(plan, runs[n]!, home.tools)))
      const texts = runs.map((run) => run.text('artifact'))
      expect(texts.filter((text) => text.includes('Packing'))).toHaveLength(1)
      expect(texts.filter((text) => text.includes('waiting for it'))).toHaveLength(1)
      expect(await kept()).toEqual([expect.stringMatching(/^[0-9a-f]{16}\.smolmachine$/)])
      expect(await remains()).toEqual([])

      const done = runs[0]!.events.flatMap((event) => (event.type === 'step-done' ? [event.step] : []))
      expect(done).toEqual(LAUNCH_STEPS.smolmachines.filter((name) => name !== 'workspace'))
      expect(runs[0]!.events.find((event) => event.type === 'probe')).toMatchObject({ verdict: 'green' })
      const tty = await bottles[0]!.attachAgent()
      tty.write(Buffer.from('echo "$(id -un):$(pwd):$(stat -c %U ~ ~/workspace | sort -u)"\n'))
      await untilSeen(tty.output, 'node:/home/node/workspace:node')
      for (const { slug } of plans) {
        expect(await teardown(slug, home.tools)).toEqual([])
        expect(await tracesOf(slug, home)).toEqual([])
      }
    }, 400_000)

    test('the next launch packs nothing; what the machine may reach is in its record', async () => {
      const { plan, run } = await launched()
      expect(run.text('artifact')).toMatch(/is up to date/)
      expect(run.text('artifact')).not.toMatch(/Saving|Pushing|Packing/)
      const db = createClient({ url: `file:${recordsFile('0.8.0', home.tools.smolvm.environment)}` })
      const { rows } = await db.execute({ sql: 'SELECT data FROM vms WHERE name = ?', args: [plan.machine] })
      db.close()
      const record = JSON.parse(Buffer.from(rows[0]!.data as ArrayBuffer).toString())
      expect(record).toMatchObject({ allowed_cidrs: plan.allowCidrs, network: true })
    })

    test('an artifact that was damaged meanwhile is made again', async () => {
      const [name] = await kept()
      const file = path.join(artifactFolder(cache), name!)
      const handle = await open(file, 'r+')
      await handle.write(Buffer.from('damage'), 0, 6, 1000)
      await handle.close()
      const { run } = await launched()
      expect(run.text('artifact')).toMatch(/is damaged \(its checksum is another one\)[\s\S]*Packing/)
      expect(await artifactDamage(file)).toBeNull()
    }, 400_000)

    test.each(['truncated', 'flipped'])(
      'a pack that comes out %s is not kept',
      async (damage) => {
        const own = await mkdtemp(path.join(tmpdir(), 'bot-bottle-cache-'))
        const spoilt = MachineHome.at(home.home, '0.8.0', { FAKE_SMOLVM_PACK_DAMAGE: damage }, own)
        const image = await home.tools.docker.inspectImage((await home.plan()).image.reference)
        const output = new StepOutput('artifact', () => {})
        const made = artifact(image!.Id, 'pack', spoilt.tools, output, AbortSignal.timeout(300_000))
        await expect(made).rejects.toThrow(/damaged/)
        expect(await readdir(artifactFolder(own))).toEqual([])
        expect(await remains()).toEqual([])
        await rm(own, { recursive: true })
      },
      400_000,
    )

    test('given up in the middle of packing it leaves nothing', async () => {
      const own = await mkdtemp(path.join(tmpdir(), 'bot-bottle-cache-'))
      const slow = MachineHome.at(home.home, '0.8.0', { FAKE_SMOLVM_PACK_MS: '600000' }, own)
      const run = testRun({}, (event) => {
        if (event.type === 'output' && event.text.includes('Packing')) setTimeout(() => run.cancel(), 1_000)
      })
      await expect(launch(await slow.plan(), run, slow.tools)).rejects.toThrow('“artifact”')
      expect(await run.scope.close()).toEqual([])
      expect(await readdir(artifactFolder(own))).toEqual([])
      expect(await remains()).toEqual([])
      await rm(own, { recursive: true })
    }, 400_000)
  },
)
