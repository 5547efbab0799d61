import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { rootCertificates } from 'node:tls'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { engineAbsent, TestHome } from '../backends/docker/testing/test-home.ts'
import type { BottleSlug } from '../contract/ids.ts'
import { mintWorldCa } from '../testing/escape/bottle-world.ts'
import { Made } from '../testing/escape/made.ts'
import { Side } from '../testing/escape/side.ts'
import { until } from '../testing/escape/until.ts'
import { ROOT, RuntimeBench } from '../testing/runtime-bench.ts'

const absent = await engineAbsent()
// A launch on a busy machine takes a minute, and each of these has one; two of them start a server besides.
vi.setConfig({ testTimeout: 400_000 })
const VARIABLE = 'BOT_BOTTLE_TEST_HEAL'
const TOKEN = `real-${randomBytes(16).toString('hex')}`
const TYPED = `typed-${randomBytes(16).toString('hex')}`

const docker = (...args: string[]) => execa('docker', args, { reject: false })
const bundleOf = (slug: BottleSlug) => `bot-bottle-${slug}-sidecars`

interface Home {
  path: string
  /** File of authorities. */
  extraCa: string
  /** From now on the origin's is among them. */
  trustOrigin(): Promise<void>
}

/** One that a bundle reaches, and that may be written into a bottle file: the host's end of a network of the test. */
async function addressOfThisMachine(made: Made): Promise<string> {
  const name = `bot-bottle-test-heal-${randomBytes(4).toString('hex')}`
  await execa('docker', ['network', 'create', '--label', 'io.bot-bottle.test=heal', name])
  made.use({ [Symbol.asyncDispose]: async () => void (await docker('network', 'rm', name)) })
  return (await docker('network', 'inspect', '-f', '{{(index .IPAM.Config 0).Gateway}}', name)).stdout
}

describe
  .skipIf(absent)
  .concurrent(`a bundle that ends under a running bottle${absent ? ` (skipped: ${absent})` : ''}`, () => {
    const made = new Made()
    let origin: Side
    let address: string
    let originCa: string

    beforeAll(async () => {
      process.env[VARIABLE] = TOKEN
      const ca = await mintWorldCa()
      origin = made.use(await Side.open(ca, ['origin.test']))
      address = await addressOfThisMachine(made)
      originCa = ca.certificate
    })
    afterAll(async () => {
      delete process.env[VARIABLE]
      await made[Symbol.asyncDispose]()
    })

    /** A home of a test's own, because a process opens the database of a home once, and what this machine trusts besides. */
    async function newHome(): Promise<Home> {
      const home = made.use(await TestHome.create())
      const ownCa = home.tools.extraCa ? await readFile(home.tools.extraCa, 'utf8') : rootCertificates[0]!
      await home.write('extra-ca.pem', ownCa)
      await home.write(
        'bottles/heal.md',
        [
          '---',
          'agent_provider: {template: shell}',
          'supervise: false',
          'env: {TYPED: "?Something typed"}',
          'egress:',
          `  resolve: {origin.test: ${address}}`,
          '  routes:',
          `    - {host: origin.test, ports: [${origin.port}], auth: {scheme: Bearer, token_ref: ${VARIABLE}}}`,
          '---',
          '',
        ].join('\n'),
      )
      await home.write('agents/heal.md', '---\nbottle: heal\n---\nBe kind.\n')
      const extraCa = path.join(home.home, 'extra-ca.pem')
      return { path: home.home, extraCa, trustOrigin: () => writeFile(extraCa, `${ownCa}\n${originCa}`) }
    }

    /**
     * Images are keyed by the authorities that this machine trusts, so the origin's is among them only while bundles are
     * started: the launch is of this machine, and the bundle that trusts the origin is a second one.
     */
    async function launched(bench: RuntimeBench, home: Home): Promise<BottleSlug> {
      const slug = await bench.launch('heal', { TYPED })
      const since = Date.now()
      await home.trustOrigin()
      await docker('kill', '-s', 'KILL', bundleOf(slug))
      await healed(bench, slug, since)
      return slug
    }

    /** Asks the origin from inside, by the proxy of the bottle. @returns the status, 0 when nobody answered */
    async function ask(slug: BottleSlug, target: string, ...options: string[]): Promise<number> {
      const url = `https://origin.test:${origin.port}${target}`
      const curl = ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '--max-time', '10', ...options, url]
      return Number((await docker('exec', '-u', '1000:1000', `bot-bottle-${slug}`, ...curl)).stdout)
    }
    const authorizationOf = (target: string) => {
      const headers = origin.arrived.findLast(({ url }) => url === target)?.rawHeaders ?? []
      return headers.find((_, i) => i % 2 === 1 && headers[i - 1]!.toLowerCase() === 'authorization')
    }
    const egressOf = async (bench: RuntimeBench, slug: BottleSlug) => (await bench.context.bottles.get(slug)).egress

    /** An allowed request works, with the token that the agent does not have; and what must not leave does not. */
    async function guards(slug: BottleSlug, name: string, known: string | null) {
      expect(await ask(slug, `/${name}`)).toBe(200)
      expect(authorizationOf(`/${name}`)).toBe(`Bearer ${TOKEN}`)
      if (known) expect(await ask(slug, `/${name}?leak=${known}`)).toBe(403)
    }

    /** It guards by its own hand, and a probe that began after it was back is green. */
    async function healed(bench: RuntimeBench, slug: BottleSlug, since: number) {
      await until(async () => {
        const boundary = await bench.context.networks.boundary(slug)
        return boundary !== null && boundary.at > since && !(await egressOf(bench, slug))?.down
      })
      expect((await bench.context.networks.boundary(slug))?.verdict).toBe('green')
      expect((await egressOf(bench, slug))?.frozen).toBe(false)
    }

    test('killed or removed, it is closed while it is away, and comes back by itself with everything it had', async () => {
      const home = await newHome()
      await using bench = await RuntimeBench.open(home.path, home.extraCa)
      const slug = await launched(bench, home)
      await guards(slug, 'before', TYPED)

      // A route that was made live is in force afterwards, too.
      const { digest } = await bench.context.networks.routes(slug)
      const edit = {
        kind: 'allow',
        host: 'live.test',
        port: 443,
        methods: ['GET'],
        path: { type: 'exact', value: '/' },
      }
      await bench.context.networks.update({ slug, digest, edit: edit as never })

      for (const [name, ...end] of [
        ['killed', 'kill', '-s', 'KILL'],
        ['removed', 'rm', '-f'],
      ] as const) {
        const since = Date.now()
        await docker(...end, bundleOf(slug))
        const [answer] = await Promise.all([
          ask(slug, `/while-it-is-${name}`),
          until(async () => {
            const down = (await egressOf(bench, slug))?.down
            // One that is removed is killed first.
            if (down) expect(down).toMatchObject({ again: true, why: expect.stringMatching(/killed|removed/) })
            return down !== undefined
          }),
        ])
        // On a busy machine it may be back before the request is made; nothing but the new one lets it through.
        if (answer !== 0) {
          const { stdout } = await docker('inspect', '-f', '{{.State.StartedAt}}', bundleOf(slug))
          expect([answer, Date.parse(stdout.trim()) > since]).toEqual([200, true])
        }
        await healed(bench, slug, since)

        await guards(slug, `after-${name}`, TYPED)
        expect(origin.arrived.some(({ url }) => url === `/while-it-is-${name}`)).toBe(answer !== 0)
        const { routes, status } = await bench.context.networks.routes(slug)
        expect(routes.map(({ host }) => host)).toEqual(['live.test', 'origin.test'])
        expect(status).toEqual({ kind: 'in-force' })
        expect((await egressOf(bench, slug))?.notices).toBeUndefined()
      }
      await bench.context.bottles.stop(slug)
    })

    test('removed while it is frozen, it comes back frozen', async () => {
      const home = await newHome()
      await using bench = await RuntimeBench.open(home.path, home.extraCa)
      const slug = await launched(bench, home)
      expect(await bench.context.networks.freeze(slug, true)).toMatchObject([{ frozen: true, problem: null }])
      expect(await ask(slug, '/frozen-before')).toBe(0)
      const since = Date.now()
      await docker('rm', '-f', bundleOf(slug))
      await until(async () => (await bench.context.networks.boundary(slug))!.at > since)
      expect(await ask(slug, '/frozen')).toBe(0)
      expect(origin.arrived.some(({ url }) => url === '/frozen')).toBe(false)
      await bench.context.networks.freeze(slug, false)
      await guards(slug, 'thawed', TYPED)
      await bench.context.bottles.stop(slug)
    })

    test('is healed by the next server, which says what it does not know any more', async () => {
      const home = await newHome()
      const args = ['--import', 'tsx', 'server/testing/killable-server.ts', home.path, home.extraCa, 'heal']
      const child = spawn(process.execPath, [...args, JSON.stringify({ TYPED })], {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      made.use({ [Symbol.asyncDispose]: async () => void child.kill('SIGKILL') })
      // Its slug, or nothing when it ends before.
      const [said] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [Buffer | number | null]
      const slug = String(said).trim() as BottleSlug
      expect(slug).toMatch(/^heal-/)
      await home.trustOrigin()
      child.kill('SIGKILL')
      await once(child, 'exit')
      await docker('kill', '-s', 'KILL', bundleOf(slug))
      expect(await ask(slug, '/nobody')).toBe(0)

      const since = Date.now()
      await using bench = await RuntimeBench.open(home.path, home.extraCa)
      await healed(bench, slug, since)
      await guards(slug, 'second', null)
      const canary = (await docker('exec', `bot-bottle-${slug}`, 'printenv', 'BOT_BOTTLE_CANARY')).stdout
      expect(canary).toMatch(/./)
      expect(await ask(slug, `/canary?note=${canary}`)).toBe(403)
      expect((await egressOf(bench, slug))?.notices).toEqual([
        expect.stringMatching(/^TYPED was typed at launch.*no longer be masked.*no longer looks for its value/),
      ])
      await bench.context.bottles.stop(slug)
    })

    test('stays away after five deaths of a daemon, with the reason, until the operator starts it again', async () => {
      const home = await newHome()
      await using bench = await RuntimeBench.open(home.path, home.extraCa)
      const slug = await launched(bench, home)
      await guards(slug, 'alive', TYPED)
      // Each as soon as it is there again.
      await docker(
        ...['exec', '-u', '0:0', bundleOf(slug), 'sh', '-c'],
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
        'for i in $(seq 1 900); do for p in /proc/[0-9]*; do grep -q "[e]gress.mjs" $p/cmdline 2>/dev/null && kill -9 ${p#/proc/} 2>/dev/null; done; sleep 0.1; done',
      )
      await until(async () => (await egressOf(bench, slug))?.down?.again === false)
      expect((await egressOf(bench, slug))?.down?.why).toContain('egress died five times within a minute')
      expect(await ask(slug, '/ended')).toBe(0)
      await expect(async () => bench.context.networks.probe(slug)).rejects.toThrow('is down')

      const since = Date.now()
      await bench.context.networks.restartBundle(slug)
      await healed(bench, slug, since)
      await guards(slug, 'again', TYPED)
      await expect(async () => bench.context.networks.restartBundle(slug)).rejects.toThrow('up already')
      await bench.context.bottles.stop(slug)
    })
  })
