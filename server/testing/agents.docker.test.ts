/**
 * The real agents in real bottles, against a vendor of ours behind egress: the answer arrives, streamed; the vendor saw
 * the real token; nothing in the bottle ever did.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engineAbsent, TestHome, type TestRun } from '../backends/docker/testing/test-home.ts'
import { tableOf } from '../sidecars/egress/table-file.ts'
import { collectTokens } from '../sidecars/egress/tokens.ts'
import { BottleWorld, mintWorldCa } from './escape/bottle-world.ts'
import { Made } from './escape/made.ts'
import { Side } from './escape/side.ts'
import { fakeVendor, SAID } from './fake-vendor.ts'

const absent = await engineAbsent()
const HTTPS = 443

describe.skipIf(absent)(`a real agent${absent ? ` (skipped: ${absent})` : ''}`, () => {
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
    const world = made.use(await BottleWorld.launch(home, around))
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
    expect(await world.placesOf(token)).toEqual([])
  }

  test('Claude Code answers, word by word, with a login that it does not have', async () => {
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
        if (said.includes(`"text":"${SAID[0]}"`)) resolve()
      })
    })
    // The vendor says the rest when the first piece was seen in the bottle: a held-back answer would never end.
    vendor.answer = fakeVendor(() => firstPiece)
    await new Promise((resolve) => exec.stream.once('close', resolve))
    expect(await exec.exitCode(), said).toBe(0)
    expect(said).toContain(`"result":"${SAID.join('')}"`)
    expect((await world.sh('env')).stdout).toContain('CLAUDE_CODE_OAUTH_TOKEN=bot-bottle-placeholder')
    await tokenStayedOut(set, token)
  })

  const codex = (world: BottleWorld) =>
    world.sh('cd ~/workspace && codex exec --skip-git-repo-check "say hi" </dev/null')

  test('Codex answers with an API key that it does not have', async () => {
    const token = `sk-proj-${randomBytes(40).toString('base64url')}`
    const set = await bottle('{template: codex, auth_token: MY_OPENAI}', ['api.openai.com'], {
      tokens: { MY_OPENAI: token },
    })
    set.vendor.answer = fakeVendor()
    const { code, stdout, stderr } = await codex(set.world)
    expect(code, stderr).toBe(0)
    expect(stdout).toContain(SAID.join(''))
    await tokenStayedOut(set, token)
  })

  test('Codex reaches its vendor with the login of this machine, which stays there', async () => {
    const userHome = path.join(home.home, 'user')
    const jwt = (claims: object) =>
      [{ alg: 'none' }, claims, { s: randomBytes(24).toString('hex') }]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.')
    const account = { chatgpt_plan_type: 'plus', chatgpt_account_id: 'acc-1' }
    const token = jwt({ exp: Math.floor(Date.now() / 1000) + 3600, 'https://api.openai.com/auth': account })
    const login = {
      id_token: jwt({ email: 'a@b.c' }),
      access_token: token,
      refresh_token: 'real-refresh',
      account_id: 'acc-1',
    }
    await mkdir(path.join(userHome, '.codex'), { recursive: true })
    await writeFile(path.join(userHome, '.codex/auth.json'), JSON.stringify({ auth_mode: 'chatgpt', tokens: login }))
    const source = { kind: 'host-login', provider: 'codex', file: '~/.codex/auth.json' } as const
    const { tokens, logins } = await collectTokens([{ slot: 'codex-login', source }], { hostEnv: {}, userHome })
    expect(tokens.get('codex-login')).toBe(token)
    const set = await bottle('{template: codex, forward_host_credentials: true}', ['chatgpt.com'], {
      tokens: Object.fromEntries(tokens),
      logins,
    })
    await rm(userHome, { recursive: true })
    set.vendor.answer = fakeVendor()
    // It asks for the account's workspaces in a form of the vendor's own, which is not imitated here: the turn goes no further.
    await codex(set.world)
    const asked = set.vendor.arrived.map(({ url }) => url.split('?')[0])
    expect(asked).toContain('/backend-api/codex/models')
    expect(asked).toContain('/backend-api/wham/accounts/check')
    expect(sent(set.vendor.arrived[0]!.rawHeaders, 'chatgpt-account-id')).toEqual(['acc-1'])
    await tokenStayedOut(set, token)
    expect(await set.world.placesOf('real-refresh')).toEqual([])
  })
})
