import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { StepName } from '../../contract/events.ts'
import { LAUNCH_STEPS } from '../../contract/launch-steps.ts'
import { adopt, existing } from './existing.ts'
import { launch } from './launch.ts'
import { teardown } from './teardown.ts'
import { inside, untilSeen } from './testing/inside.ts'
import { engineAbsent, TestHome, testRun } from './testing/test-home.ts'

const absent = await engineAbsent()
if (absent) console.warn(`skipped: ${absent}`)

describe.skipIf(absent)('a launch on docker', () => {
  let home: TestHome
  beforeAll(async () => {
    home = await TestHome.create()
  })
  afterAll(() => home[Symbol.asyncDispose]())
  afterEach(async () => {
    for (const { slug } of await existing(home.tools)) await teardown(slug, home.tools)
  })

  const containerOf = async (slug: string) => {
    const [found] = await home.tools.docker.listContainers([`io.bot-bottle.slug=${slug}`])
    return found!.Id
  }

  test('leads to a shell of the guest’s user, step by step', async () => {
    const plan = await home.plan()
    const run = testRun()
    const bottle = await launch(plan, run, home.tools)
    const done = run.events.filter((event) => event.type === 'step-done').map(({ step }) => step)
    expect(done).toEqual(LAUNCH_STEPS.docker.filter((name) => name !== 'workspace'))

    const tty = await bottle.attachAgent()
    tty.write(Buffer.from('echo "$(id -un):$(pwd):$(stty size)"\n'))
    await untilSeen(tty.output, 'node:/home/node/workspace:32 120')
    tty.write(Buffer.from('exit 3\n'))
    expect(await tty.exited).toBe(3)
    expect(await existing(home.tools)).toMatchObject([{ slug: plan.slug, agent: 'ended', exitCode: 3 }])

    expect(await teardown(plan.slug, home.tools)).toEqual([])
    expect(await existing(home.tools)).toEqual([])
    expect(await teardown(plan.slug, home.tools)).toEqual([])
  })

  test('puts prompt, skills and git’s identity where the agent finds them, as its own', async () => {
    await home.write('skills/review/SKILL.md', 'look twice\n')
    await home.write('skills/review/bin/run.sh', '#!/bin/sh\n')
    await home.write(
      'bottles/named.md',
      '---\nagent_provider: {template: claude}\ngit-gate: {user: {name: "A \\"B\\"", email: a@b.c}}\n---\n',
    )
    await home.write('agents/named.md', '---\nbottle: named\nskills: [review]\n---\nBe kind.\n')
    const plan = await home.plan({ agent: 'named' })
    await launch(plan, testRun(), home.tools)
    const id = await containerOf(plan.slug)
    const sees = async (command: string) => (await inside(home.tools.docker, id, 'sh', '-c', command)).text.trim()
    expect(await sees('stat -c "%a %U" ~/.bot-bottle-prompt.txt; cat ~/.bot-bottle-prompt.txt')).toMatch(
      /^600 node\n.*Be kind/s,
    )
    expect(await sees('cat ~/.claude/skills/review/SKILL.md; ls ~/.claude/skills/review/bin')).toBe(
      'look twice\nrun.sh',
    )
    expect(await sees('git config --global user.name; git config --global user.email')).toBe('A "B"\na@b.c')
    expect(await sees('stat -c %U ~ ~/.claude ~/.claude/skills ~/workspace | sort -u')).toBe('node')
    expect(JSON.parse(await sees('cat ~/.claude.json'))).toMatchObject({ hasCompletedOnboarding: true })
  })

  test('hands secrets to the agent and to nobody else', async () => {
    await home.write(
      'bottles/secret.md',
      '---\nagent_provider: {template: shell}\nenv: {TOKEN: "?", PLAIN: shown}\n---\n',
    )
    await home.write('agents/secret.md', '---\nbottle: secret\n---\n')
    const value = `s3cr3t'"$(id)\`\nline two ü`
    const plan = await home.plan({ agent: 'secret' })
    const run = testRun({ TOKEN: value })
    const bottle = await launch(plan, run, home.tools)
    const tty = await bottle.attachAgent()
    tty.write(Buffer.from('printf "%s|%s" "$PLAIN" "$TOKEN" | base64 -w0; echo .\n'))
    await untilSeen(tty.output, `${Buffer.from(`shown|${value}`).toString('base64')}.`)

    const id = await containerOf(plan.slug)
    const inspected = JSON.stringify(await home.tools.docker.inspectContainer(id))
    const files = await inside(
      home.tools.docker,
      id,
      'sh',
      '-c',
      'cat /run/bot-bottle/* 2>/dev/null; cat /proc/*/cmdline',
    )
    const recorded = JSON.stringify(run.events)
    for (const text of [inspected, files.text, recorded, JSON.stringify(plan)]) expect(text).not.toContain('s3cr3t')
  })

  test('reaches nothing: no address of the host, no other network, no name', async () => {
    const server = createServer((socket) => socket.end('hello'))
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
    const port = (server.address() as { port: number }).port
    const hosts = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ family }) => family === 'IPv4')
    const plan = await home.plan()
    await launch(plan, testRun(), home.tools)
    const id = await containerOf(plan.slug)
    const networks = await home.tools.docker.listNetworks([`io.bot-bottle.slug=${plan.slug}`])
    const network = networks.find(({ Name }) => Name === plan.networks.internal)
    const gateway = network?.IPAM?.Config?.[0]?.Subnet?.replace(/\d+\/28$/, (last) =>
      String(Number.parseInt(last, 10) + 1),
    )
    const targets = [
      ...hosts.map(({ address }) => [address, port]),
      [gateway, port],
      ['1.1.1.1', 443],
      ['169.254.169.254', 80],
      ['host.docker.internal', port],
      ['deb.debian.org', 80],
    ]

    const attempt = `const net = require('node:net')
      const tries = ${JSON.stringify(targets)}.filter(([host]) => !host.startsWith('127.')).map(([host, port]) => new Promise((done) => {
        const socket = net.connect({ host, port, timeout: 1500 })
        socket.on('connect', () => done('REACHED ' + host)).on('timeout', () => done('')).on('error', () => done(''))
      }))
      Promise.all(tries).then((all) => { console.log('tried ' + all.length + all.filter(Boolean).join()); process.exit() })`
    // The control: the same program reaches the listener from the host.
    const own = await import('node:net').then(
      ({ connect }) =>
        new Promise((resolve) => connect(port, hosts.find(({ internal }) => !internal)?.address).on('data', resolve)),
    )
    expect(String(own)).toBe('hello')
    const { text } = await inside(home.tools.docker, id, 'node', '-e', attempt)
    expect(text.trim()).toMatch(/^tried \d+$/)
    const names = await inside(home.tools.docker, id, 'getent', 'hosts', 'deb.debian.org')
    expect(names).toMatchObject({ code: 2, text: '' })
    server.close()
  })

  test('is held in by the engine in every way there is', async () => {
    const plan = await home.plan()
    await launch(plan, testRun(), home.tools)
    const facts = await home.tools.docker.inspectContainer(await containerOf(plan.slug))
    const { HostConfig: host, Config: config, Mounts, NetworkSettings } = facts!
    expect(config).toMatchObject({ User: '1000:1000', Tty: true, OpenStdin: true, Hostname: plan.slug })
    expect(host).toMatchObject({
      Privileged: false,
      CapDrop: ['ALL'],
      CapAdd: null,
      SecurityOpt: ['no-new-privileges'],
      Init: true,
      Dns: ['127.0.0.1'],
      ExtraHosts: null,
      Devices: null,
      Binds: [],
      PidMode: '',
      IpcMode: 'private',
      CgroupnsMode: 'private',
      DnsOptions: ['timeout:1', 'attempts:1'],
      UTSMode: '',
      UsernsMode: '',
      PidsLimit: 512,
      Memory: 4 * 2 ** 30,
      MemorySwap: 4 * 2 ** 30,
      NanoCpus: 2e9,
      PublishAllPorts: false,
      PortBindings: null,
      RestartPolicy: { Name: 'no' },
    })
    expect(host.MaskedPaths).toContain('/proc/kcore')
    expect(host.ReadonlyPaths).toContain('/proc/sys')
    expect(Mounts).toEqual([])
    expect(Object.keys(NetworkSettings.Networks)).toEqual([plan.networks.internal])
    const networks = await home.tools.docker.listNetworks([`io.bot-bottle.slug=${plan.slug}`])
    expect(networks.find(({ Name }) => Name === plan.networks.internal)).toMatchObject({
      Internal: true,
      EnableIPv6: false,
      Options: { 'com.docker.network.bridge.inhibit_ipv4': 'true' },
    })
    const status = await inside(
      home.tools.docker,
      await containerOf(plan.slug),
      'sh',
      '-c',
      'grep -E "^(Cap(Eff|Bnd|Prm)|NoNewPrivs|Seccomp):" /proc/self/status',
    )
    expect(status.text.replace(/[\t ]+/g, ' ')).toBe(
      'CapPrm: 0000000000000000\nCapEff: 0000000000000000\nCapBnd: 0000000000000000\nNoNewPrivs: 1\nSeccomp: 2\n',
    )
  })

  test.each<StepName>([...LAUNCH_STEPS.docker])('cancelled at “%s” leaves nothing', async (at) => {
    await home.write('src/file.txt', 'text')
    const plan = await home.plan({ workspace: { path: `${home.home}/src`, mode: 'copy' } })
    const run = testRun({}, (event) => {
      if (event.type === 'step-started' && event.step === at) run.cancel()
    })
    await expect(launch(plan, run, home.tools)).rejects.toThrow(`“${at}”`)
    expect(run.events.find((event) => event.type === 'step-failed')).toMatchObject({
      step: at,
      message: 'Cancelled.',
    })
    expect(await run.scope.close()).toEqual([])
    expect(await existing(home.tools)).toEqual([])
  })

  test('nothing of the agent’s terminal is lost, not even a prompt from before anybody looked', async () => {
    await home.write(
      'bottles/prompting.md',
      '---\nagent_provider: {template: shell, settings: {command: [sh, -c, "printf first-prompt; read answer"]}}\n---\n',
    )
    await home.write('agents/prompting.md', '---\nbottle: prompting\n---\n')
    const bottle = await launch(await home.plan({ agent: 'prompting' }), testRun(), home.tools)
    const tty = await bottle.attachAgent()
    expect(await untilSeen(tty.output, 'prompt')).toBe('first-prompt')
    tty.write(Buffer.from('\n'))
    expect(await tty.exited).toBe(0)
  })

  test('a bottle that was left alone can be taken up again, with its screen', async () => {
    const plan = await home.plan()
    const first = await (await launch(plan, testRun(), home.tools)).attachAgent()
    first.write(Buffer.from('echo a-line-to-$((40+2))\n'))
    await untilSeen(first.output, 'a-line-to-42')
    await first.close()

    const bottle = await adopt(plan.slug, home.tools)
    const history = await bottle.agentHistory({ since: null })
    await untilSeen(history, 'a-line-to-42')
    const again = await bottle.attachAgent()
    again.write(Buffer.from('echo still-$((1+1))\n'))
    await untilSeen(again.output, 'still-2')
    await again.close()
  })

  test('reading the record holds nothing up: the agent goes on printing, and can be ended', async () => {
    const plan = await home.plan()
    const bottle = await launch(plan, testRun(), home.tools)
    for (const since of [null, Date.now() - 60_000]) (await bottle.agentHistory({ since })).resume()
    const tty = await bottle.attachAgent()
    tty.write(Buffer.from('head -c 3000000 /dev/zero | base64; echo all-$((1+1))-printed\n'))
    await untilSeen(tty.output, 'all-2-printed')
    await tty.close()
    expect(await teardown(plan.slug, home.tools)).toEqual([])
  })

  test('a shell beside the agent has the size it was asked for, and ends when it is closed', async () => {
    const plan = await home.plan()
    const bottle = await launch(plan, testRun(), home.tools)
    const shell = await bottle.openShell('shell-abc123', { cols: 101, rows: 33 })
    shell.write(Buffer.from('stty size; sleep 1000 & echo started\n'))
    await untilSeen(shell.output, /33 101[\s\S]*started/)
    await shell.close()
    await shell.exited
    const left = await inside(home.tools.docker, await containerOf(plan.slug), 'pgrep', '-f', 'sleep 1000')
    expect(left.text).toBe('')
  })

  test('tells a build that fails by the line that failed', async () => {
    await home.write(
      'images/broken/Dockerfile',
      'ARG BASE_IMAGE\nFROM $BASE_IMAGE\n\nRUN true \\\n && echo about to fail >&2 && exit 7\n',
    )
    await home.write(
      'bottles/broken.md',
      '---\nagent_provider: {template: shell, dockerfile: images/broken/Dockerfile}\n---\n',
    )
    await home.write('agents/broken.md', '---\nbottle: broken\n---\n')
    const plan = await home.plan({ agent: 'broken' })
    const run = testRun()
    await expect(launch(plan, run, home.tools)).rejects.toThrow()
    const failed = run.events.find((event) => event.type === 'step-failed')
    expect(failed).toMatchObject({ step: 'agent image' })
    expect(failed?.type === 'step-failed' && failed.message).toMatch(
      /images\/broken\/Dockerfile:4: “RUN true .*” failed: about to fail$/,
    )
    expect(run.text('agent image')).toContain('about to fail')
    expect(await existing(home.tools)).toEqual([])
  })

  test('two launches of the same agent build its image once', async () => {
    await home.write('images/slow/Dockerfile', `ARG BASE_IMAGE\nFROM $BASE_IMAGE\nRUN sleep 1 && echo ${home.home}\n`)
    await home.write(
      'bottles/slow.md',
      '---\nagent_provider: {template: shell, dockerfile: images/slow/Dockerfile}\n---\n',
    )
    await home.write('agents/slow.md', '---\nbottle: slow\n---\n')
    const plans = [await home.plan({ agent: 'slow' }), await home.plan({ agent: 'slow' })]
    const runs = plans.map(() => testRun())
    await Promise.all(plans.map((plan, n) => launch(plan, runs[n]!, home.tools)))
    const texts = runs.map((run) => run.text('agent image'))
    expect(texts.filter((text) => text.includes('Building'))).toHaveLength(1)
    expect(texts.filter((text) => text.includes('waiting for it'))).toHaveLength(1)
  })
})
