/**
 * The real agents in real bottles, against a vendor of ours behind egress: the answer arrives, streamed; the vendor saw
 * the real token; nothing in the bottle ever did.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import headless from '@xterm/headless'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { containerGuest } from '../backends/docker/container-guest.ts'
import { engineAbsent, TestHome, type TestRun } from '../backends/docker/testing/test-home.ts'
import { secretsAgain } from '../bottles/secrets.ts'
import { bundleLink } from '../bundle/bundle-link.ts'
import { putFiles } from '../guest/provision.ts'
import { BundleKeeper } from '../network/bundle-keeper.ts'
import { PLACEHOLDER_TOKEN } from '../providers/guest.ts'
import { CODEX_LOGIN } from '../providers/host-logins.ts'
import { tableOf } from '../sidecars/egress/table-file.ts'
import { collectTokens } from '../sidecars/egress/tokens.ts'
import { chatgptLogin, claimsOf } from './chatgpt-login.ts'
import { mintWorldCa } from './escape/bottle-world.ts'
import { DockerWorld } from './escape/docker-world.ts'
import { Made } from './escape/made.ts'
import { Side } from './escape/side.ts'
import { until } from './escape/until.ts'
import { fakeVendor, SAID } from './fake-vendor.ts'

const absent = await engineAbsent()
const HTTPS = 443

// The first run on a machine builds each agent's image, with what npm installs.
const LIMIT_MS = 5 * 60_000

describe.skipIf(absent)(`a real agent${absent ? ` (skipped: ${absent})` : ''}`, { timeout: LIMIT_MS }, () => {
  const made = new Made()
  let home: TestHome
  beforeAll(async () => {
    home = made.use(await TestHome.create())
  })
  afterAll(() => made[Symbol.asyncDispose]())

  /** A bottle of this agent, and the vendor at the address to which egress is told to go. */
  async function bottle(
    provider: string,
    hosts: readonly string[],
    { tokens, logins = [] }: { tokens: Readonly<Record<string, string>>; logins?: TestRun['logins'] },
  ) {
    const name = `agent-${randomBytes(3).toString('hex')}`
    await home.write(`bottles/${name}.md`, `---\nagent_provider: ${provider}\n---\n`)
    await home.write(`agents/${name}.md`, `---\nbottle: ${name}\n---\nAnswer briefly.\n`)
    const ca = await mintWorldCa()
    const evil = made.use(await Side.open(ca, ['evil.test']))
    const around = { ca, origin: evil, evil, tokens, choice: { agent: name }, argv: ['sleep', 'infinity'], logins }
    const world = made.use(await DockerWorld.launch(home, around))
    const vendor = made.use(await Side.open(ca, hosts, HTTPS, world.gateway))
    await world.routes(tableOf(world.plan.egress).routes, hosts)
    return { world, vendor }
  }

  const sent = (rawHeaders: readonly string[], name: string) =>
    rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === name)

  /** Every turn came with the token, and the bottle, its logs and its records know nothing of it. */
  async function tokenStayedOut({ world, vendor }: Awaited<ReturnType<typeof bottle>>, token: string) {
    expect(vendor.arrived.length).toBeGreaterThan(0)
    for (const { rawHeaders } of vendor.arrived) expect(sent(rawHeaders, 'authorization')).toEqual([`Bearer ${token}`])
    expect(world.told.filter(({ slot, outcome }) => slot && outcome !== 'refused').length).toBeGreaterThan(0)
    // A signature is the part of a token by which it is worth something, and is in no placeholder.
    expect(await world.placesOf(token.split('.').at(-1)!)).toEqual([])
    const standsIn = await world.placesOf(PLACEHOLDER_TOKEN)
    expect(
      standsIn.filter((place) => place.startsWith('in the bottle')),
      'the control',
    ).not.toEqual([])
  }

  /** A program of the bottle on a screen, as an operator has it. @returns what the screen shows */
  async function onScreen({ agent }: { agent: string }, script: string): Promise<() => string> {
    const screen = new headless.Terminal({ cols: 120, rows: 32, allowProposedApi: true })
    const command = ['sh', '-c', `cd ~/workspace && TERM=xterm-256color exec ${script}`]
    const exec = await home.tools.docker.exec(agent, { command, user: '1000:1000', tty: true })
    await exec.resize({ cols: 120, rows: 32 })
    exec.stream.on('data', (chunk: Buffer) => screen.write(chunk))
    // Programs ask a terminal what it can do, and wait for the answer.
    screen.onData((answer) => exec.stream.write(answer))
    // A program may change to the other of a terminal's two buffers.
    const lines = ({ active } = screen.buffer) => Array.from({ length: active.length }, (_, y) => active.getLine(y)!)
    return () =>
      lines()
        .map((line) => line.translateToString(true))
        .join('\n')
  }

  test('Claude Code answers, line by line, with a login that it does not have', async () => {
    const token = `sk-ant-oat01-${randomBytes(40).toString('base64url')}`
    const set = await bottle('{template: claude, auth_token: MY_CLAUDE}', ['api.anthropic.com'], {
      tokens: { MY_CLAUDE: token },
    })
    const { world, vendor } = set
    const exec = await home.tools.docker.exec(world.agent, {
      command: [
        'sh',
        '-c',
        'cd ~/workspace && claude -p "say hi" --output-format stream-json --include-partial-messages --verbose </dev/null',
      ],
      user: '1000:1000',
      tty: true,
    })
    let said = ''
    const firstPiece = new Promise<void>((resolve) => {
      exec.stream.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        if (said.includes(`"text":${JSON.stringify(SAID[0])}`)) resolve()
      })
    })
    // The vendor says the rest when the first piece was seen in the bottle: a held-back answer would never end.
    vendor.answer = fakeVendor({ goOn: () => firstPiece })
    await new Promise((resolve) => exec.stream.once('close', resolve))
    expect(await exec.exitCode(), said).toBe(0)
    expect(said).toContain(`"result":${JSON.stringify(SAID.join(''))}`)
    expect((await world.sh('env')).stdout).toContain('CLAUDE_CODE_OAUTH_TOKEN=bot-bottle-placeholder')
    await tokenStayedOut(set, token)
  })

  const codex = (world: DockerWorld) =>
    world.sh('cd ~/workspace && codex exec --skip-git-repo-check "say hi" </dev/null')

  test('Codex acts and answers with an API key that it does not have, and neither asks nor holds itself back', async () => {
    const token = `sk-proj-${randomBytes(40).toString('base64url')}`
    const set = await bottle('{template: codex, auth_token: MY_OPENAI}', ['api.openai.com'], {
      tokens: { MY_OPENAI: token },
    })
    set.vendor.answer = fakeVendor({ wants: 'id -un > ~/made-outside-the-workspace' })
    const { code, stdout, stderr } = await codex(set.world)
    expect(code, stderr).toBe(0)
    expect(stdout).toContain(SAID.join(''))
    expect((await set.world.sh('cat ~/made-outside-the-workspace')).stdout).toBe('node\n')
    await tokenStayedOut(set, token)
  })

  test('Codex answers, line by line, with the login of this machine, which stays there; renewed there, it goes on with the new one', async () => {
    const userHome = await mkdtemp(path.join(tmpdir(), 'bot-bottle-user-'))
    made.use({ [Symbol.asyncDispose]: () => rm(userHome, { recursive: true }) })
    await mkdir(path.join(userHome, '.codex'))
    const logIn = (login: object) => writeFile(path.join(userHome, '.codex/auth.json'), JSON.stringify(login))
    const exp = Math.floor(Date.now() / 1000) + 3600
    const login = chatgptLogin(exp)
    const { access_token: token, refresh_token: refresh, account_id: account } = login.tokens
    await logIn(login)
    const host = { hostEnv: {}, userHome }
    const { tokens, logins } = await collectTokens([{ slot: 'codex-login', source: CODEX_LOGIN }], host)
    expect(tokens.get('codex-login')).toBe(token)
    const set = await bottle('{template: codex, forward_host_credentials: true}', ['chatgpt.com'], {
      tokens: Object.fromEntries(tokens),
      logins,
    })
    const { world, vendor } = set

    const guestLogin = async () => JSON.parse((await world.sh('cat ~/.codex/auth.json')).stdout) as typeof login
    const guest = await guestLogin()
    expect(Object.keys(guest)).toEqual(Object.keys(login))
    expect(Object.keys(guest.tokens)).toEqual(Object.keys(login.tokens))
    const { jti: _, ...known } = claimsOf(token)
    expect(claimsOf(guest.tokens.access_token)).toEqual(known)

    let goOn = () => {}
    const firstPieceSeen = new Promise<void>((resolve) => {
      goOn = resolve
    })
    vendor.answer = fakeVendor({ goOn: () => firstPieceSeen })
    const screen = await onScreen(world, 'codex "say hi"')
    const shows = (text: string) => vi.waitUntil(() => screen().includes(text), { timeout: 60_000, interval: 100 })
    await shows(SAID[0].trim()).catch((error) => expect.fail(`${error}: ${screen()}`))
    expect(screen()).not.toContain(SAID[1])
    goOn()
    await shows(SAID[1])

    const turn = vendor.arrived.find(({ url }) => url === '/backend-api/codex/responses')!
    expect(turn.body).toContain('say hi')
    for (const { rawHeaders } of vendor.arrived) expect(sent(rawHeaders, 'chatgpt-account-id')).toEqual([account])
    await tokenStayedOut(set, token)
    expect(await world.placesOf(refresh)).toEqual([])

    // Nobody stops the bottle for it, or launches it again: what keeps its bundle looks at the file.
    await using kept = keeper(world, host)
    await until(() => kept.status.kind === 'guarding')
    const renewed = chatgptLogin(exp + 3600, account)
    await logIn(renewed)
    await until(async () => {
      await kept.look()
      return claimsOf((await guestLogin()).tokens.access_token).exp === exp + 3600
    })
    vendor.forget()
    vendor.answer = fakeVendor()
    const { code, stdout, stderr } = await codex(world)
    expect(code, stderr).toBe(0)
    expect(stdout).toContain(SAID.join(''))
    await tokenStayedOut(set, renewed.tokens.access_token)
    expect(await world.placesOf(renewed.tokens.refresh_token)).toEqual([])
  })

  /** What the server has for each bottle that is up. */
  function keeper(world: DockerWorld, host: Parameters<typeof secretsAgain>[2]) {
    const kept = new BundleKeeper({
      link: bundleLink(world.plan.slug, home.tools),
      secrets: () => secretsAgain(world.plan, new Map(), host),
      hasLogin: true,
      putLogins: (files) =>
        putFiles(containerGuest(home.tools.docker, world.agent), files, new AbortController().signal),
      changed() {},
      back() {},
    })
    return Object.assign(kept, { [Symbol.asyncDispose]: async () => kept.close() })
  }
})
