/** Every promise of a backend, kept by each of them. What isolates differs; what an operator and an agent see does not. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Bottle, EngineChange, TtyStream } from '../bottles/backend.ts'
import { StepOutput } from '../bottles/step-output.ts'
import { LAUNCH_STEPS } from '../contract/launch-steps.ts'
import type { BottlePlan } from '../contract/plan.ts'
import { PROBE_CHECKS } from '../contract/probe.ts'
import type { ParityWorld } from '../testing/parity-world.ts'
import { type TestRun, testRun } from '../testing/test-run.ts'
import { untilSeen } from '../testing/until-seen.ts'
import { dockerParity } from './docker/testing/docker-parity.ts'
import { doubleAbsent } from './smolmachines/testing/machine-home.ts'
import { machineParity } from './smolmachines/testing/machine-parity.ts'

const absent = await doubleAbsent()
const worlds = { docker: dockerParity, smolmachines: () => machineParity('1.9.3') } as const

const BOTTLE = `---
agent_provider: {template: shell}
env: {PLAIN: shown, SECRET: "?"}
egress: {routes: [{host: api.example.com, auth: {scheme: Bearer, token_ref: PARITY_TOKEN}}]}
---
`
const SECRET = `it's "a"\n$(secret) ü`
/** Made here, so that nothing in the repository looks like one. */
const TOKEN = Buffer.from(`parity-${process.pid}-${Date.now()}`).toString('hex')

describe.skipIf(absent).each(Object.entries(worlds))(
  `a bottle on %s${absent ? ` (skipped: ${absent})` : ''}`,
  (name, create) => {
    let world: ParityWorld
    let work: string
    let plan: BottlePlan
    let run: TestRun
    let bottle: Bottle
    let agent: TtyStream

    beforeAll(async () => {
      process.env.PARITY_TOKEN = TOKEN
      world = await create()
      await world.write('bottles/parity.md', BOTTLE)
      await world.write('agents/parity.md', '---\nbottle: parity\n---\nBe kind.\n')
      work = await mkdtemp(path.join(tmpdir(), 'bot-bottle-work-'))
      await mkdir(path.join(work, 'empty'))
      await mkdir(path.join(work, 'src'))
      await writeFile(path.join(work, 'src/run.sh'), '#!/bin/sh\n', { mode: 0o755 })
      await symlink('src/run.sh', path.join(work, 'link'))
    })
    afterAll(async () => {
      await world[Symbol.asyncDispose]()
      await rm(work, { recursive: true, force: true })
    })

    /** Types a command line. @returns what was printed between two marks that the line itself does not contain */
    async function says(tty: TtyStream, command: string): Promise<string> {
      tty.write(Buffer.from(`printf 'a%sb' '<<'; { ${command}; } 2>&1; printf 'a%sb' '>>'\n`))
      const seen = await untilSeen(tty.output, /a<<b([\s\S]*)a>>b/)
      return /a<<b([\s\S]*)a>>b/.exec(seen)![1]!.replaceAll('\r\n', '\n').trim()
    }

    test('is planned twice in the same way, as JSON, without the token', async () => {
      const choice = { agent: 'parity', workspace: { path: work, mode: 'copy' as const } }
      const [request, facts] = [await world.request(choice), await world.facts()]
      plan = await world.backend.plan(request, facts)
      expect(await world.backend.plan(request, facts)).toEqual(plan)
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
      expect(plan).toMatchObject({ backend: name, blockers: [] })
      expect(JSON.stringify(plan)).not.toContain(TOKEN)
    })

    test('comes up step by step, with every check of its boundary', async () => {
      run = { ...testRun({ SECRET }), tokens: new Map(plan.egress.slots.map(({ slot }) => [slot, TOKEN])) }
      bottle = await world.backend.launch(plan, run)
      const done = run.events.flatMap((event) => (event.type === 'step-done' ? [event.step] : []))
      // Some go on side by side.
      expect([...done].sort()).toEqual([...LAUNCH_STEPS[plan.backend]].sort())
      const probe = run.events.find((event) => event.type === 'probe')
      expect(probe).toMatchObject({ verdict: 'green' })
      const checks = probe?.type === 'probe' ? probe.checks : []
      expect(checks.map(({ name }) => name)).toEqual([...PROBE_CHECKS])
      expect(await world.backend.existing()).toMatchObject([{ slug: plan.slug, agent: 'running', exitCode: null }])
      expect(JSON.stringify(run.events)).not.toContain(TOKEN)
    })

    test('has its agent on a terminal, as the guest’s user in its workspace, with its secrets', async () => {
      agent = await bottle.attachAgent()
      expect(await says(agent, 'id -un; pwd; stty size')).toBe('node\n/home/node/workspace\n32 120')
      await agent.resize({ cols: 90, rows: 20 })
      expect(await says(agent, 'until [ "$(stty size)" = "20 90" ]; do sleep 0.1; done; stty size')).toBe('20 90')
      const values = await says(agent, 'printf "%s|%s" "$PLAIN" "$SECRET" | base64 -w0')
      expect(Buffer.from(values.replaceAll('\n', ''), 'base64').toString()).toBe(`shown|${SECRET}`)
      expect(await says(agent, 'cat ~/.bot-bottle-prompt.txt')).toContain('Be kind.')
    })

    test('has no token: not in the environment, not on a command line, not in a file of the guest’s user', async () => {
      const half = TOKEN.slice(0, TOKEN.length / 2)
      // Typed in two parts and given to grep on a pipe, so that what looks is not what is found.
      const look = (word: string) =>
        `n=${word.slice(0, 4)}; n="$n""${word.slice(4)}"; cat /proc/*/environ /proc/*/cmdline 2>/dev/null | grep -acf <(printf %s "$n"); grep -rlsf <(printf %s "$n") ~ /run /etc | wc -l`
      expect(await says(agent, look(half))).toBe('0\n0')
      // The control: the same search finds what is there.
      expect(await says(agent, look('PLAIN=shown'))).toMatch(/^[1-9]\d*\n0$/)
    })

    test('reaches its egress and nothing else', async () => {
      expect(await says(agent, 'curl -s -m 9 -o /dev/null -w "%{http_code}" http://_egress.local/allowlist')).toBe(
        '200',
      )
      const connect = (to: string) => `curl -s -m 9 -o /dev/null -w "%{http_connect}" ${to}`
      expect(await says(agent, connect('https://unlisted.example.com/'))).toBe('403')
      expect(await says(agent, connect('https://api.example.com:9/'))).toBe('403')
      expect(await says(agent, `curl -s -m 2 --noproxy "*" -o /dev/null https://192.0.2.1/ || echo none`)).toBe('none')
      expect(await says(agent, 'getent hosts deb.debian.org || echo none')).toBe('none')
    })

    test('has its workspace, all of it the guest’s user’s', async () => {
      expect(
        await says(
          agent,
          'find ~/workspace ! -user node | wc -l; find . -mindepth 1 | sort | xargs; readlink link; stat -c %a src/run.sh',
        ),
      ).toBe('0\n./empty ./link ./src ./src/run.sh\nsrc/run.sh\n755')
    })

    test('takes files while it runs', async () => {
      const file = { path: '/home/node/put/here', content: 'new', mode: 0o640 }
      await bottle.putFiles!([file], AbortSignal.timeout(30_000))
      expect(await says(agent, 'cat ~/put/here; echo; stat -c "%a %U" ~/put/here')).toBe('new\n640 node')
    })

    test('has a shell beside the agent, of the size that was asked for, which ends when it is closed', async () => {
      const shell = await bottle.openShell('shell-abc123', { cols: 101, rows: 33 })
      expect(await says(shell, 'id -un; pwd; stty size')).toBe('node\n/home/node/workspace\n33 101')
      await says(shell, 'sleep 1234 & true')
      await shell.close()
      await shell.exited
      expect(await says(agent, 'while pgrep -f "sleep 123[4]" >/dev/null; do sleep 0.2; done; echo ended')).toBe(
        'ended',
      )
    })

    test('tells its figures', async () => {
      const enough = new AbortController()
      for await (const { cpu, memory } of bottle.stats(enough.signal)) {
        expect(cpu).toBeGreaterThanOrEqual(0)
        expect(memory).toBeGreaterThan(0)
        enough.abort()
      }
    })

    test('is taken up by a server that was started again, with what its agent printed before and prints now', async () => {
      await says(agent, 'echo before-$((40+2))')
      await agent.close()
      const restarted = world.restarted()
      const adopted = await restarted.adopt(plan.slug)
      await untilSeen(await adopted.agentHistory({ since: null }), 'before-42')
      agent = await adopted.attachAgent()
      expect(await says(agent, 'echo after-$((40+2))')).toBe('after-42')
      expect((await adopted.probe(run.tokens, AbortSignal.timeout(60_000))).green).toBe(true)
    })

    test('is frozen and goes on, or its plan says why it cannot be', async () => {
      const freeze = () =>
        world.backend.freeze(plan.slug, {
          output: new StepOutput('freeze', () => {}),
          signal: AbortSignal.timeout(60_000),
          ending: async () => expect.unreachable('Nothing is ended for it here.'),
        })
      if (plan.backend === 'smolmachines') {
        expect(plan.cannotFreeze).toContain('cannot pack such a machine again')
        await expect(freeze()).rejects.toThrow('cannot be packed')
      } else {
        const { digest } = await freeze()
        expect(await world.backend.frozen()).toMatchObject([{ slug: plan.slug, digest }])
        await world.backend.discardFrozen(plan.slug, null)
      }
      expect(await world.backend.frozen()).toEqual([])
      expect(await says(agent, 'echo still-$((40+2))')).toBe('still-42')
    })

    test('tells a server that looks when its agent ends, and with which code', async () => {
      const stop = new AbortController()
      const changes: EngineChange[] = []
      const ended = () => changes.filter((change) => change.kind === 'ended')
      const watching = world.restarted().watch((change) => changes.push(change), stop.signal)
      agent.output.resume()
      agent.write(Buffer.from('exit 7\n'))
      expect(await agent.exited).toBe(7)
      await expect.poll(ended, { timeout: 20_000 }).toMatchObject([{ slug: plan.slug, exitCode: 7 }])
      stop.abort()
      await watching
      expect(await world.backend.existing()).toMatchObject([{ slug: plan.slug, agent: 'ended', exitCode: 7 }])
      await expect(world.restarted().adopt(plan.slug)).rejects.toThrow(plan.slug)
    })

    test('is stopped by any server, and leaves nothing', async () => {
      expect(await world.traces(plan.slug)).not.toEqual([])
      const released: string[] = []
      expect(await world.restarted().teardown(plan.slug, (part) => released.push(part))).toEqual([])
      expect(released).toContain('sidecars')
      expect(await world.traces(plan.slug)).toEqual([])
      expect(await world.backend.existing()).toEqual([])
      expect(await world.backend.teardown(plan.slug, () => {})).toEqual([])
    })

    test('that is killed from outside is told as ended, and can still be removed', async () => {
      const fallen = await world.backend.plan(await world.request({}), await world.facts())
      await world.backend.launch(fallen, testRun())
      const stop = new AbortController()
      const changes: EngineChange[] = []
      const watching = world.backend.watch((change) => changes.push(change), stop.signal)
      await world.kill(fallen.slug)
      await expect
        .poll(() => changes.filter(({ kind }) => kind === 'ended'), { timeout: 20_000 })
        .toMatchObject([
          { slug: fallen.slug, evidence: expect.stringMatching(/killed|no longer running|micro-VM ended/) },
        ])
      stop.abort()
      await watching
      expect(await world.backend.existing()).toMatchObject([{ slug: fallen.slug, agent: 'ended' }])
      expect(await world.backend.teardown(fallen.slug, () => {})).toEqual([])
      expect(await world.traces(fallen.slug)).toEqual([])
    })
  },
)
