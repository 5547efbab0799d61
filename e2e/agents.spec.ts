import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import { SAID } from '../server/testing/fake-vendor.ts'
import { everythingInside } from './fixtures/engine.ts'
import { untilState, writeHome } from './fixtures/launch.ts'
import { launchInBrowser } from './fixtures/operator.ts'
import { TerminalOnPage } from './fixtures/terminal.ts'
import { test as base, expect } from './fixtures/test.ts'
import { Vendor } from './fixtures/vendor.ts'

const MINUTE = 60_000
/** Made at run time: what looks like a token in a file makes scanners of repositories complain. */
const token = `sk-ant-oat01-${randomBytes(40).toString('base64url')}`
const account = `acc-${randomBytes(6).toString('hex')}`
const login = codexLogin()

const test = base.extend<{ vendor: Vendor; userHome: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
  vendor: async ({}, use) => {
    await using vendor = await Vendor.open(['api.anthropic.com', 'chatgpt.com'])
    await use(vendor)
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  userHome: async ({}, use) => {
    const home = await mkdtemp(path.join(tmpdir(), 'bot-bottle-user-'))
    await mkdir(path.join(home, '.codex'))
    await writeFile(path.join(home, '.codex/auth.json'), JSON.stringify(login))
    await use(home)
    await rm(home, { recursive: true })
  },
  serverEnv: async ({ vendor, userHome }, use) =>
    use({
      MY_CLAUDE: token,
      BOT_BOTTLE_EXTRA_CA: vendor.caFile,
      HOME: userHome,
      // Which engine is used is said in the home of whoever runs this.
      DOCKER_CONFIG: process.env.DOCKER_CONFIG ?? path.join(homedir(), '.docker'),
    }),
})

const AGENTS = [
  {
    name: 'Claude Code',
    provider: '{template: claude, auth_token: MY_CLAUDE}',
    host: 'api.anthropic.com',
    turn: '/v1/messages',
    prompt: 'bypass permissions on',
    secret: token,
    standsIn: 'CLAUDE_CODE_OAUTH_TOKEN=bot-bottle-placeholder',
  },
  {
    name: 'Codex, with the login of this machine',
    provider: '{template: codex, forward_host_credentials: true}',
    host: 'chatgpt.com',
    turn: '/backend-api/codex/responses',
    prompt: 'Ask Codex to do anything',
    secret: login.tokens.access_token,
    standsIn: '"refresh_token": "bot-bottle-placeholder"',
  },
]

for (const { name, provider, host, turn, prompt, secret, standsIn } of AGENTS) {
  test(`${name}: launched, asked and answered in the page, with a credential that is not in the bottle`, async ({
    page,
    dashboard,
    vendor,
  }, info) => {
    // The first run on a machine builds the agent's image, with what npm installs.
    test.setTimeout(15 * MINUTE)
    const egress = `egress: {resolve: {${host}: ${vendor.address}}}`
    await writeHome(
      dashboard,
      'bottles/guarded.md',
      `---\nagent_provider: ${provider}\n${egress}\nsupervise: false\n---\n`,
    )
    await writeHome(dashboard, 'agents/helper.md', '---\nbottle: guarded\n---\nAnswer briefly.\n')
    const picture = (what: string) => page.screenshot({ path: info.outputPath(`${what}.png`), animations: 'disabled' })
    const terminal = new TerminalOnPage(page)

    const slug = await test.step('reviewed and confirmed, it starts and asks nothing first', async () => {
      const launched = await launchInBrowser(page, { agent: 'helper', label: 'real agent' })
      await untilState(dashboard, launched, 'running', 12 * MINUTE)
      await terminal.ready()
      await terminal.shows(prompt, MINUTE)
      await picture('asks-nothing')
      return launched
    })

    await test.step('a question typed in the page is answered line by line', async () => {
      const question = 'What can you see from in there?'
      await terminal.pane.locator('.xterm').click()
      await page.keyboard.type(question)
      await terminal.shows(question, MINUTE)
      await page.keyboard.press('Enter')
      // The vendor says the rest when the first piece is on the page: an answer held back would never end.
      await terminal.shows(SAID[0].trim(), MINUTE)
      expect(await terminal.text()).not.toContain(SAID[1])
      vendor.goOn()
      await terminal.shows(SAID[1], MINUTE)
      await picture('answered')
      const asked = vendor.arrived.find(({ method, url }) => method === 'POST' && url.split('?')[0] === turn)
      expect(asked?.body).toContain(question)
    })

    await test.step('the vendor saw the credential, and nothing in the bottle has it', async () => {
      expect(vendor.sent('authorization')).toEqual([`Bearer ${secret}`])
      const inside = await everythingInside(`bot-bottle-${slug}`)
      expect(inside, 'the control').toContain(standsIn)
      expect(inside).not.toContain(secret.slice(-40))
    })

    await test.step('the network tab has the request', async () => {
      await page
        .getByRole('navigation', { name: 'Views of the bottle' })
        .getByRole('link', { name: /^Network/ })
        .click()
      const requests = page.getByRole('log', { name: 'Requests' })
      await expect(
        requests.getByRole('button').filter({ hasText: host }).filter({ hasText: turn }).first(),
      ).toBeVisible()
      await picture('network')
    })
  })
}

/** `auth.json` of Codex, of an account that there is not. */
function codexLogin() {
  const jwt = (claims: object) =>
    [JSON.stringify({ alg: 'RS256', typ: 'JWT' }), JSON.stringify(claims), randomBytes(64)]
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.')
  const auth = { 'https://api.openai.com/auth': { chatgpt_plan_type: 'plus', chatgpt_account_id: account } }
  const exp = Math.floor(Date.now() / 1000) + 3600
  const tokens = { id_token: jwt(auth), access_token: jwt({ exp, ...auth }), refresh_token: 'r', account_id: account }
  return { auth_mode: 'chatgpt', OPENAI_API_KEY: null, tokens, last_refresh: new Date().toISOString() }
}
