import { spawn } from 'node:child_process'
import { mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createClient } from '@libsql/client'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { StepOutput } from '../../bottles/step-output.ts'
import { EGRESS_PORT } from '../../contract/bundle.ts'
import { LAUNCH_STEPS } from '../../contract/launch-steps.ts'
import { homeHash, LABEL } from '../../engine/names.ts'
import { idOf } from '../../images/base-image.ts'
import { buildContext } from '../../images/build-context.ts'
import { buildImage } from '../../images/build-image.ts'
import { KeyedLock } from '../../lib/keyed-lock.ts'
import { answering } from '../../probe/live-listener.ts'
import { clearHome } from '../../testing/fake-smolvm/clear-home.ts'
import { testRun } from '../../testing/test-run.ts'
import { untilSeen } from '../../testing/until-seen.ts'
import { aliasesOf } from './addressing.ts'
import { artifact, artifactFolder } from './artifact.ts'
import { artifactDamage } from './artifact-check.ts'
import { existing } from './existing.ts'
import { launch } from './launch.ts'
import { leaseAlias, releaseAlias } from './loopback.ts'
import { machineFileOf } from './machine-file.ts'
import { machineImage } from './machine-image.ts'
import { recordsFile } from './policy.ts'
import { processMark } from './process-mark.ts'
import { teardown } from './teardown.ts'
import { doubleAbsent, MachineHome } from './testing/machine-home.ts'
import { commandLines, tracesOf } from './testing/machine-parity.ts'
import { tidy } from './tidy.ts'

const absent = await doubleAbsent()

describe.skipIf(absent)(
  `a smolvm that takes images from a registry only (the double of 0.8.0)${absent ? ` (skipped: ${absent})` : ''}`,
  () => {
    let home: MachineHome
    beforeAll(async () => {
      home = await MachineHome.create('0.8.0')
    })
    afterAll(() => home[Symbol.asyncDispose]())
    afterEach(async () => {
      for (const { slug } of await existing(home.tools)) await teardown(slug, home.tools)
    })

    /** Registries, what pushes, their networks, and archives. */
    async function remains(): Promise<string[]> {
      const labels = [`${LABEL.home}=${homeHash(home.home)}`, `${LABEL.role}=registry`]
      const [containers, networks, files] = await Promise.all([
        home.tools.docker.listContainers(labels),
        home.tools.docker.listNetworks(labels),
        readdir(artifactFolder(home.tools.cache)).catch(() => []),
      ])
      return [
        ...containers.map(({ Names }) => Names.join()),
        ...networks.map(({ Name }) => Name),
        ...files.filter((name) => name.includes(`-${processMark()}`)),
      ]
    }

    test('has bottles as any other: an agent behind its boundary, which is in the record, and nothing left', async () => {
      const plan = await home.plan()
      const run = testRun({ SECRET: "it's" })
      const bottle = await launch(plan, run, home.tools)
      const done = run.events.flatMap((event) => (event.type === 'step-done' ? [event.step] : []))
      expect([...done].sort()).toEqual(LAUNCH_STEPS.smolmachines.filter((name) => name !== 'workspace').sort())
      expect(run.events.find((event) => event.type === 'probe')).toMatchObject({ verdict: 'green' })

      const db = createClient({ url: `file:${recordsFile('0.8.0', home.tools.smolvm.environment)}` })
      const { rows } = await db.execute({ sql: 'SELECT data FROM vms WHERE name = ?', args: [plan.machine] })
      db.close()
      const record = JSON.parse(Buffer.from(rows[0]!.data as ArrayBuffer).toString())
      expect(record).toMatchObject({ allowed_cidrs: plan.allowCidrs, network: true })

      const tty = await bottle.attachAgent()
      tty.write(Buffer.from('echo "$(id -un):$(pwd):$(stty size):$SECRET:$(stat -c %U ~ ~/workspace | sort -u)"\n'))
      await untilSeen(tty.output, "node:/home/node/workspace:32 120:it's:node")
      tty.write(Buffer.from('exit 3\n'))
      expect(await tty.exited).toBe(3)
      expect(await existing(home.tools)).toMatchObject([{ slug: plan.slug, agent: 'ended', exitCode: 3 }])
      expect(await teardown(plan.slug, home.tools)).toEqual([])
      expect([...(await tracesOf(plan.slug, home)), ...(await remains())]).toEqual([])
    }, 400_000)

    test('whose list is recorded and not enforced is found out by the probe', async () => {
      const unsafe = MachineHome.at(home.home, '0.8.0', { FAKE_SMOLVM_TSI_UNENFORCED: '1' })
      const plan = await unsafe.plan()
      const run = testRun()
      await expect(launch(plan, run, unsafe.tools)).rejects.toThrow('“boundary probe”')
      expect(await run.scope.close()).toEqual([])
      expect(await tracesOf(plan.slug, home)).toEqual([])
    }, 400_000)

    test('on a Mac it finds its bundle at an address of this computer, and reaches nothing else of its loopback', async () => {
      const mac = MachineHome.at(home.home, '0.8.0')
      // 127/8 is all there on Linux.
      Object.assign(mac.tools, { platform: 'darwin' })
      await using onlyLoopback = await listening('127.0.0.1')
      await using neighbour = await listening('127.0.0.31')
      await using everywhere = await listening('0.0.0.0')
      const plan = await mac.plan()
      expect(plan).toMatchObject({ addressing: { kind: 'loopback-alias', unverified: true }, blockers: [] })
      const run = testRun()
      await launch(plan, run, mac.tools)
      expect(run.events.find((event) => event.type === 'probe')).toMatchObject({ verdict: 'green' })
      const { alias, bundle } = await machineFileOf(plan.slug, mac.tools)
      expect(aliasesOf('loopback-alias')).toContain(alias)
      expect(bundle).toBe(alias)
      const reaches = async (address: string, port: number) =>
        (await mac.tools.smolvm.exec(plan.machine, ['node', '-e', REACH, address, String(port)])).stdout
      const env = await mac.tools.smolvm.exec(plan.machine, ['printenv', 'HTTPS_PROXY'])
      expect(env.stdout.trim()).toBe(`http://${alias}:${EGRESS_PORT}`)

      expect(await reaches(alias!, EGRESS_PORT)).toBe('reached')
      expect(await reaches('127.0.0.1', onlyLoopback.port)).toBe('not reached')
      expect(await reaches(alias!, onlyLoopback.port)).toBe('not reached')
      expect(await reaches('127.0.0.31', neighbour.port)).toBe('not reached')
      // What the plan warns of: smolvm's list has no ports.
      expect(await reaches(alias!, everywhere.port)).toBe('reached')

      expect(await teardown(plan.slug, mac.tools)).toEqual([])
      const asking = { home: 'nowhere', slug: plan.slug, cache: mac.tools.cache }
      expect(await leaseAlias('loopback-alias', asking)).toBe(alias)
      await releaseAlias(asking)
    }, 400_000)

    describe('packing a small image', () => {
      /** Id of an image with one file, from which a pack takes no time. */
      let tiny = ''
      let own = ''
      const images = new KeyedLock()
      beforeAll(async () => {
        own = await mkdtemp(path.join(tmpdir(), 'bot-bottle-cache-'))
        tiny = await tinyImage(home)
      })
      afterAll(async () => {
        const { docker } = home.tools
        const machine = await machineImage(docker, tiny, silent, AbortSignal.timeout(60_000))
        for (const image of [machine.reference, tiny]) await docker.removeImage(image)
        await rm(own, { recursive: true, force: true })
      })

      const packed = async (knobs: Record<string, string> = {}, signal = AbortSignal.timeout(300_000)) => {
        const run = testRun()
        const output = new StepOutput('artifact', run.emit)
        const { tools } = MachineHome.at(home.home, '0.8.0', knobs, own)
        const { path: file } = await artifact(tiny, 'pack', { ...tools, images }, output, signal)
        output[Symbol.dispose]()
        return { file, said: run.text('artifact') }
      }

      /** smolvm itself, at an artifact of this test. */
      const isPacking = async () =>
        (await commandLines()).some(
          (words) => words.includes('pack') && words.includes('-o') && words.some((word) => word.startsWith(own)),
        )

      test.each(['truncated', 'flipped'])('a pack that comes out %s is not kept', async (damage) => {
        await expect(packed({ FAKE_SMOLVM_PACK_DAMAGE: damage })).rejects.toThrow(/came out damaged/)
        expect(await readdir(artifactFolder(own))).toEqual([])
        expect(await remains()).toEqual([])
      })

      test('given up in the middle it leaves nothing', async () => {
        const stop = new AbortController()
        const packing = packed({ FAKE_SMOLVM_PACK_MS: '600000' }, stop.signal)
        packing.catch(() => {})
        await expect.poll(isPacking, { timeout: 60_000 }).toBe(true)
        stop.abort(new Error('cancelled'))
        await expect(packing).rejects.toThrow('cancelled')
        expect(await readdir(artifactFolder(own))).toEqual([])
        expect(await remains()).toEqual([])
      })

      test('a server that is killed over it leaves what the next one finds and removes, and takes from nobody who lives', async () => {
        const script = path.join(import.meta.dirname, 'testing/pack-slowly.ts')
        const args = ['--import', 'tsx', script, home.home, own, tiny]
        // A group of its own, so that smolvm goes with it, as when the machine is switched off.
        const server = spawn(process.execPath, args, { stdio: 'ignore', detached: true })
        const { tools } = MachineHome.at(home.home, '0.8.0', {}, own)
        const all = async () => [...(await remains()), ...(await readdir(artifactFolder(own)))]
        await expect.poll(async () => (await isPacking()) && (await all()).length, { timeout: 60_000 }).toBe(3)
        const made = await all()
        await tidy(tools)
        expect(await all()).toEqual(made)
        process.kill(-server.pid!, 'SIGKILL')
        await new Promise((resolve) => server.once('exit', resolve))
        await tidy(tools)
        expect(await all()).toEqual([])
        // What the double itself was at is its own.
        await clearHome(path.join(home.home, 'smolvm-data/smolvm'))
      })

      test('two who want one at once make one; it is used while it is whole, and made again when it is not', async () => {
        const [first, second] = await Promise.all([packed(), packed()])
        expect([first.said, second.said].filter((said) => said.includes('Packing'))).toHaveLength(1)
        expect(second.said).toMatch(/waiting for it[\s\S]*up to date/)
        expect(await readdir(artifactFolder(own))).toEqual([path.basename(first.file)])

        const handle = await open(first.file, 'r+')
        await handle.write(Buffer.from('damage'), 0, 6, 100)
        await handle.close()
        const again = await packed()
        expect(again.said).toMatch(/is damaged \(its checksum is another one\)[\s\S]*Packing/)
        expect([again.file, await artifactDamage(first.file)]).toEqual([first.file, null])
        expect(await remains()).toEqual([])
      })
    })
  },
)

const silent = new StepOutput('artifact', () => {})

/** Says whether somebody answers at an address and port. */
const REACH = `
const socket = require('net').connect({ host: process.argv[1], port: Number(process.argv[2]) })
const done = (what) => { process.stdout.write(what); process.exit() }
setTimeout(() => done('not reached'), 3000)
socket.on('connect', () => done('reached')).on('error', () => done('not reached'))`

/** A service of this machine, which answers here: what does not reach it is kept from it. */
async function listening(address: string): Promise<AsyncDisposable & { port: number }> {
  const server = createServer((socket) => socket.on('error', () => {}).end('here'))
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const { port } = server.address() as AddressInfo
  const [answers] = await answering([`${address === '0.0.0.0' ? '127.0.0.1' : address}:${port}`])
  expect(answers).toBeDefined()
  return { port, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) }
}

async function tinyImage({ tools: { docker } }: MachineHome): Promise<string> {
  const text = `FROM scratch\nCOPY Dockerfile /${process.pid}\n`
  const reference = `bot-bottle-test-tiny:${process.pid}`
  const context = buildContext([{ name: 'Dockerfile', content: text }])
  const source = { text, shown: 'the Dockerfile of a test' }
  const options = { reference, dockerfile: 'Dockerfile', context, source, buildArgs: {}, labels: {} }
  await buildImage(docker, options, silent, AbortSignal.timeout(60_000))
  return idOf(docker, reference)
}
