import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import type { DockerPlan } from '../../contract/plan.ts'
import { resolve } from '../../manifest/resolve.ts'
import { writeStarter } from '../../manifest/starter.ts'
import { SAMPLE_INPUTS, sampleMachine } from '../../testing/sample-machine.ts'
import { manifest, tempHome } from '../../testing/temp-home.ts'
import { plan } from './plan.ts'

const SHELL = 'agent_provider: {template: shell}\nsupervise: false'
const codes = (notices: DockerPlan['blockers']) => notices.map((notice) => notice.code)

/** One of everything. */
const FULL = `
agent_provider: {template: claude, auth_token: CLAUDE_CODE_OAUTH_TOKEN, settings: {model: opus}}
env: {PLAIN: text, FROM_HOST: "\${HOST_SECRET}", ASKED: "?Your key"}
git-gate:
  user: {name: Ada}
  repos:
    app:
      url: git@git.example.com:ada/app.git
      host_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl
      key: {provider: github, forge_token_env: FORGE_TOKEN}
egress:
  resolve: {api.github.com: 10.0.0.7}
  routes: [{host: api.github.com, auth: {scheme: Bearer, token_ref: GITHUB_TOKEN}}]
`
const SECRETS = {
  CLAUDE_CODE_OAUTH_TOKEN: 'value-of-the-login',
  HOST_SECRET: 'value-of-the-host-secret',
  FORGE_TOKEN: 'value-of-the-forge-token',
  GITHUB_TOKEN: 'value-of-the-github-token',
}
const hostEnv = new Set(Object.keys(SECRETS))
const before = { ...process.env }
afterEach(() => {
  process.env = { ...before }
})

test('a plan names everything that a launch will make', async () => {
  await using machine = await sampleMachine(SHELL)
  expect(await machine.plan({ label: 'Fix login', color: 'blue' })).toMatchObject({
    backend: 'docker',
    slug: 'fix-login',
    label: 'Fix login',
    color: 'blue',
    container: 'bot-bottle-fix-login',
    sidecars: 'bot-bottle-fix-login-sidecars',
    networks: { internal: 'bot-bottle-fix-login', egress: 'bot-bottle-fix-login-egress' },
    runtime: 'runc',
    provider: { name: 'shell', argv: ['bash', '-l'] },
    image: { base: 'node:24-bookworm-slim', dockerfile: 'docker/agents/shell/Dockerfile' },
    prompt: { text: 'You write code.', guestPath: '/home/node/.bot-bottle-prompt.txt' },
    workspace: { mode: 'none', guestPath: '/home/node/workspace' },
    limits: { cpus: 2, memory: '4g', pids: 512, disk: null },
    gitGate: null,
    blockers: [],
    warnings: [],
  })
})

test('the same files, choice and machine give the same plan, also another time', async () => {
  await using machine = await sampleMachine(FULL)
  const plans = await Promise.all(Array.from({ length: 5 }, () => machine.plan({}, { hostEnv })))
  for (const plan of plans) expect(plan).toEqual(plans[0])
})

test('a plan is plain JSON and cannot be changed, nowhere in it', async () => {
  await using machine = await sampleMachine(FULL)
  const plan = await machine.plan({}, { hostEnv })
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  const unfrozen: string[] = []
  const look = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return
    if (!Object.isFrozen(value)) unfrozen.push(path)
    for (const [key, each] of Object.entries(value)) look(each, `${path}.${key}`)
  }
  look(plan, 'plan')
  expect(unfrozen).toEqual([])
})

test('no value of a secret is in a plan, though all of them are in the environment of the server', async () => {
  await using machine = await sampleMachine(FULL)
  Object.assign(process.env, SECRETS)
  const plan = await machine.plan({}, { hostEnv })
  expect(plan.blockers).toEqual([])
  const json = JSON.stringify(plan)
  for (const [name, value] of Object.entries(SECRETS)) {
    expect(json).toContain(name)
    expect(json).not.toContain(value)
  }
  expect(plan.env).toEqual([
    { name: 'ASKED', origin: 'asked', message: 'Your key', from: 'dev' },
    expect.objectContaining({ name: 'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC', origin: 'provider' }),
    expect.objectContaining({ name: 'CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL', origin: 'provider' }),
    { name: 'CLAUDE_CODE_OAUTH_TOKEN', origin: 'provider', value: 'bot-bottle-placeholder', from: 'claude' },
    expect.objectContaining({ name: 'DISABLE_AUTOUPDATER', origin: 'provider' }),
    { name: 'FROM_HOST', origin: 'host', hostName: 'HOST_SECRET', from: 'dev' },
    { name: 'PLAIN', origin: 'literal', value: 'text', from: 'dev' },
  ])
})

test('every variable of the host that is not set blocks, once, with everything that needs it', async () => {
  await using machine = await sampleMachine(FULL)
  const { blockers } = await machine.plan()
  expect(codes(blockers)).toEqual(Array(4).fill('missing-host-variable'))
  expect(blockers.map((blocker) => /variable (\w+)/.exec(blocker.message)![1])).toEqual(Object.keys(SECRETS).sort())
  expect(blockers[2]!.message).toContain('routes to api.github.com')
  expect(blockers[0]!.fix).toContain('CLAUDE_CODE_OAUTH_TOKEN=…')
})

test('gVisor is planned where the machine has it working', async () => {
  await using machine = await sampleMachine(SHELL)
  expect((await machine.plan({}, { runsc: true })).runtime).toBe('runsc')
})

test('an engine that does not answer is a warning: it may be up again when the plan is confirmed', async () => {
  await using machine = await sampleMachine(SHELL)
  const plan = await machine.plan({}, { engineProblem: 'connection refused.' })
  expect(plan.warnings).toMatchObject([{ code: 'engine-unreachable', message: expect.stringContaining('refused') }])
})

test('a disk limit is shown as not enforced', async () => {
  await using machine = await sampleMachine(`${SHELL}\nlimits: {disk: 10g}`)
  expect(codes((await machine.plan()).warnings)).toEqual(['disk-not-limited'])
})

describe('what the bundle does not bring yet is warned about, once, and said to be denied', () => {
  test.each([
    ['supervise, on by default', 'agent_provider: {template: shell}', 'supervise'],
    [
      'repositories',
      `${SHELL}\ngit-gate: {repos: {app: {url: "git@h:a", key: {provider: github, forge_token_env: T}}}}`,
      'git-gate',
    ],
  ])('%s', async (_what, bottle, name) => {
    await using machine = await sampleMachine(bottle)
    const { warnings } = await machine.plan()
    const absent = warnings.filter((warning) => warning.code === 'sidecar-absent')
    expect(absent).toHaveLength(1)
    expect(absent[0]!.message).toContain(name)
    expect(absent[0]!.message).toContain('denied')
  })
  test('a bottle that needs none of it is not bothered', async () => {
    await using machine = await sampleMachine(
      `${SHELL}\negress: {routes: [{host: a.x}]}\ngit-gate: {user: {name: Ada}}`,
    )
    expect((await machine.plan()).warnings).toEqual([])
  })
})

describe('images', () => {
  test('are called after what goes in: Dockerfile’s folder and base', async () => {
    await using machine = await sampleMachine(SHELL)
    const one = (await machine.plan()).image
    expect(one.reference).toBe(`bot-bottle-agent-shell:${one.digest.slice(0, 12)}`)
    expect((await machine.plan({}, { baseImage: 'node:22' })).image.reference).not.toBe(one.reference)
    expect((await machine.plan({ label: 'other' })).image).toEqual(one)
    await machine.root.write('docker/agents/shell/extra.sh', 'x')
    expect((await machine.plan()).image.reference).not.toBe(one.reference)
  })
  test('an operator’s own Dockerfile is used, also by a provider of ours', async () => {
    await using machine = await sampleMachine(
      'agent_provider: {template: claude, dockerfile: images/mine/Dockerfile}',
      {
        'images/mine/Dockerfile': 'FROM x',
      },
    )
    const { image, blockers } = await machine.plan()
    expect(blockers).toEqual([])
    expect(image.reference).toMatch(/^bot-bottle-agent-custom:[0-9a-f]{12}$/)
    expect(image.dockerfile).toBe(join(machine.home.path, 'images/mine/Dockerfile'))
  })
  test.each([
    ['is missing', 'images/gone/Dockerfile', 'is not there'],
    ['would send the whole home into the build', 'Dockerfile', 'the whole home'],
  ])('one that %s blocks', async (_what, dockerfile, message) => {
    await using machine = await sampleMachine(`agent_provider: {template: shell, dockerfile: ${dockerfile}}`, {
      Dockerfile: 'FROM x',
    })
    const { blockers } = await machine.plan()
    expect(blockers).toMatchObject([{ code: 'image-unusable', message: expect.stringContaining(message) }])
  })
  test('a repository without its Dockerfiles blocks instead of throwing', async () => {
    await using machine = await sampleMachine(SHELL)
    await rm(join(machine.root.path, 'docker'), { recursive: true })
    expect(codes((await machine.plan()).blockers)).toEqual(['image-unusable'])
  })
})

describe('providers of the operator’s own', () => {
  const CONTRIB = {
    'contrib/aider/provider.yaml':
      'argv: [aider, --read, "{prompt}"]\nenv: {AIDER_ANALYTICS: "false"}\nskills: /home/node/.aider/skills\n',
    'contrib/aider/Dockerfile': 'FROM x',
  }
  test('are a folder with data and a Dockerfile', async () => {
    await using machine = await sampleMachine('agent_provider: {template: aider}\nsupervise: false', CONTRIB)
    const plan = await machine.plan()
    expect(plan).toMatchObject({
      provider: {
        name: 'aider',
        argv: ['aider', '--read', '/home/node/.bot-bottle-prompt.txt'],
        skillsPath: '/home/node/.aider/skills',
      },
      image: { reference: expect.stringMatching(/^bot-bottle-agent-aider:/) },
      env: [{ name: 'AIDER_ANALYTICS', origin: 'provider', value: 'false', from: 'aider' }],
      blockers: [],
    })
  })
  test('one that is not there blocks with those there are', async () => {
    await using machine = await sampleMachine('agent_provider: {template: aidr}', CONTRIB)
    const { blockers, provider } = await machine.plan()
    expect(codes(blockers)).toContain('unknown-provider')
    expect(blockers[0]!.fix).toContain('claude, codex, shell, aider')
    expect(provider.argv).toEqual([])
  })
  test.each([
    ['has a key too many', 'argv: [a]\nroutes: []', 'routes'],
    ['has no argv', 'env: {}', 'argv'],
    ['is no YAML', 'argv: [', 'cannot be read'],
    ['puts skills outside the guest’s home', 'argv: [a]\nskills: /etc', 'below /home/node'],
  ])('one that %s blocks', async (_what, yaml, message) => {
    await using machine = await sampleMachine('agent_provider: {template: aider}\nsupervise: false', {
      ...CONTRIB,
      'contrib/aider/provider.yaml': yaml,
    })
    const [blocker] = (await machine.plan()).blockers
    expect(blocker).toMatchObject({ code: 'invalid-provider', message: expect.stringContaining(message) })
  })
})

test('what was found while reading the files is in the plan: a missing skill, a bad workspace', async () => {
  await using machine = await sampleMachine(SHELL, { 'agents/dev.md': manifest('bottle: dev\nskills: [gone]') })
  const { blockers } = await machine.plan({ workspace: { path: '/', mode: 'copy' } })
  expect(codes(blockers)).toEqual(['missing-skill', 'workspace-is-root'])
})

test.each(['shell', 'claude', 'codex'])(
  'the starter’s %s can be launched as it is, without a token or any setup',
  async (agent) => {
    await using home = await tempHome()
    await writeStarter(home.path)
    const root = fileURLToPath(new URL('../../..', import.meta.url))
    const facts = { runsc: false, engineProblem: null, hostEnv: new Set<string>(), root, home: home.path }
    const request = await resolve({ agent }, { ...SAMPLE_INPUTS, home: home.path })
    expect(await plan(request, facts)).toMatchObject({
      provider: { name: agent },
      egress: { routes: [] },
      blockers: [],
    })
  },
)

test('a key file that is not there blocks; one below ~ is looked for in the user’s home', async () => {
  const repo = (path: string) =>
    `${SHELL}\ngit-gate: {repos: {app: {url: "git@h:a", key: {provider: static, path: ${path}}}}}`
  await using user = await tempHome({ '.ssh/id': 'key' })
  await using absent = await sampleMachine(repo('keys/app'))
  expect(codes((await absent.plan()).blockers)).toEqual(['missing-key-file'])
  await using below = await sampleMachine(repo('~/.ssh/id'))
  expect(codes((await below.plan({}, { userHome: user.path })).blockers)).toEqual([])
  expect(codes((await below.plan({}, { userHome: '/nowhere' })).blockers)).toEqual(['missing-key-file'])
})

test('a login of the host that is to be forwarded and is not there blocks', async () => {
  await using machine = await sampleMachine('agent_provider: {template: codex, forward_host_credentials: true}')
  await using user = await tempHome({
    '.codex/auth.json': '{"tokens": {"access_token": "value-of-the-login", "id_token": "value-of-the-login"}}',
  })
  expect(codes((await machine.plan({}, { userHome: '/nowhere' })).blockers)).toEqual(['missing-host-login'])
  const plan = await machine.plan({}, { userHome: user.path })
  expect(plan.blockers).toEqual([])
  expect(plan.egress.slots).toEqual([
    { slot: 'codex-login', source: { kind: 'host-login', provider: 'codex', file: '~/.codex/auth.json' } },
  ])
  expect(JSON.stringify(plan)).not.toContain('value-of-the-login')
})
