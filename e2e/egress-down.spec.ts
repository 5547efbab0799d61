import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import type { BottleSlug } from '../server/contract/ids.ts'
import { Docker } from '../server/engine/docker.ts'
import { test as base } from './fixtures/beyond.ts'
import { Curl } from './fixtures/curl.ts'
import type { Dashboard } from './fixtures/dashboard.ts'
import { untilState, writeHome } from './fixtures/launch.ts'
import { isAlive, launchButton, launchInBrowser } from './fixtures/operator.ts'
import { picture } from './fixtures/picture.ts'
import { TerminalOnPage } from './fixtures/terminal.ts'
import { expect, SERVER_AWAY } from './fixtures/test.ts'

/** The home of whoever runs the server, where their logins are; empty at first. */
const test = base.extend<{ userHome: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
  userHome: async ({}, use) => {
    const home = await mkdtemp(path.join(tmpdir(), 'bot-bottle-user-'))
    await use(home)
    await rm(home, { recursive: true })
  },
  serverEnv: async ({ userHome }, use) =>
    // Which engine is used is said in the home of whoever runs this.
    use({ HOME: userHome, DOCKER_CONFIG: process.env.DOCKER_CONFIG ?? path.join(homedir(), '.docker') }),
})

// Real launches and deaths: on a busy machine that takes its time.
test.slow()

test('egress that died five times stays closed and says why; started again by the operator, it lets through what is allowed', async ({
  page,
  dashboard,
  beyond,
  complaints,
}) => {
  await beyond.writeAgent(dashboard)
  const file = 'bottles/net.md'
  const text = await readFile(path.join(dashboard.home, file), 'utf8')
  await writeHome(dashboard, file, text.replace('---\n', '---\nenv: {TYPED: "?A word that only you know"}\n'))
  await page.goto('/launch/net')
  await isAlive(page)
  await page.getByRole('textbox', { name: 'Label' }).fill('egress-falls')
  await page.getByLabel('TYPED').fill('only-in-the-memory-of-one-server')
  await launchButton(page).click()
  await page.waitForURL('**/bottles/egress-falls')
  const slug = 'egress-falls' as BottleSlug
  await untilState(dashboard, slug, 'running')
  const missing = page.getByRole('status', { name: 'What is missing' })

  await test.step('a server that is started again says what it does not know any more', async () => {
    complaints.areMeant(SERVER_AWAY)
    await dashboard.stop('SIGKILL')
    await dashboard.start()
    await expect(missing).toContainText(/TYPED was typed .* can no longer be masked .* still looks for it/)
    await picture(page, 'bottle-missing-secret')
  })

  const url = `https://origin.test:${beyond.port}/`
  await beyond.trustedBy(dashboard, slug)
  const curl = await Curl.in(new TerminalOnPage(page))
  expect(await curl.ask(url)).toMatchObject({ status: '200', body: 'hello' })

  const alert = page.getByRole('alert').filter({ hasText: 'Egress is down' })
  const startAgain = alert.getByRole('button', { name: 'Start egress again' })
  await test.step('the fifth death is the last', async () => {
    await killEgress(slug)
    await expect(alert).toContainText('Egress died five times within a minute', { timeout: 60_000 })
    await expect(startAgain).toBeVisible()
    // Nobody is at its address any more, which is not refused but waited for.
    expect(await curl.ask(`-m 5 ${url}`)).toMatchObject({ status: '000' })
    await picture(page, 'bottle-egress-down')
    await page.getByRole('link', { name: 'Network', exact: true }).click()
    await expect(startAgain).toBeVisible()
    await picture(page, 'network-egress-down')
    await page.goto('/')
    await expect(page.getByRole('main').getByText('Egress closed · sidecars ended')).toBeVisible()
    await picture(page, 'overview-egress-down')
    await page.goto(`/bottles/${slug}`)
  })

  await test.step('the button heals it', async () => {
    await startAgain.click()
    await expect(alert).toBeHidden({ timeout: 60_000 })
    await expect(missing).toContainText('no longer looks for its value')
    await beyond.trustedBy(dashboard, slug)
    const again = await Curl.in(new TerminalOnPage(page))
    expect(await again.ask(url)).toMatchObject({ status: '200', body: 'hello' })
    expect((await again.ask('http://elsewhere.test/')).body, 'and nothing else').toContain('"rule":"not-listed"')
  })
})

test('egress that is closed before anything runs is closed for the next bottle: the launch says so, opening it lifts it', async ({
  page,
  dashboard,
  beyond,
}) => {
  await beyond.writeAgent(dashboard)
  await page.goto('/')
  const freeze = page.getByRole('button', { name: 'Close egress of bottles to come' })
  const standing = page.getByRole('button', { name: /^Launches start closed/ })
  await freeze.click()
  await expect(standing).toBeVisible()
  await page.reload()
  await standing.click()
  const opening = page.getByRole('alertdialog', { name: 'Open egress of bottles to come?' })
  await picture(page, 'overview-launches-start-closed')
  await opening.getByRole('button', { name: 'Open egress' }).click()
  await expect(freeze).toBeVisible()
  await freeze.click()
  await expect(standing).toBeVisible()

  await page.goto('/launch/net')
  const told = page.getByRole('region', { name: 'Good to know' }).locator('[data-notice=all-egress-frozen]')
  await expect(told).toContainText('it starts with egress closed')
  await picture(page, 'launch-all-frozen', { fullPage: true })
  const slug = await launchInBrowser(page, { agent: 'net', label: 'held-shut' })
  await untilState(dashboard, slug, 'running')
  const frozen = page.getByText('Egress is closed.')
  await expect(frozen).toBeVisible()
  await beyond.trustedBy(dashboard, slug)
  const curl = await Curl.in(new TerminalOnPage(page))
  expect(await curl.ask('http://origin.test/')).toMatchObject({
    status: '403',
    body: expect.stringContaining('"frozen"'),
  })
  const url = `https://origin.test:${beyond.port}/`
  expect(await curl.ask(url)).toMatchObject({ status: '000' })
  expect(beyond.side.arrived).toEqual([])
  await picture(page, 'bottle-starts-frozen')

  await page.getByRole('button', { name: 'Open egress of held-shut' }).last().click()
  await expect(frozen).toBeHidden()
  expect(await curl.ask(url)).toMatchObject({ status: '200', body: 'hello' })
  await page.goto('/launch/net')
  await expect(launchButton(page)).toBeEnabled()
  await expect(told, 'and it is lifted for those that come').toBeHidden()
  await expect(standing).toBeHidden()
})

test('the review names a login of this machine that expired, and a scan that cuts the answer', async ({
  page,
  dashboard,
  userHome,
}) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const expired = [part({ alg: 'RS256' }), part({ exp: 1_700_000_000 }), part({})].join('.')
  const login = { auth_mode: 'chatgpt', tokens: { id_token: expired, access_token: expired, refresh_token: 'none' } }
  await writeHome({ home: userHome } as Dashboard, '.codex/auth.json', JSON.stringify(login))
  await writeHome(
    dashboard,
    'bottles/late.md',
    `---
agent_provider: {template: codex, forward_host_credentials: true}
supervise: false
egress:
  routes:
    - {host: docs.example.com, dlp: {inbound_on_match: block}}
    - {host: open.example.com, dlp: {outbound_detectors: false, inbound_detectors: false}}
---
`,
  )
  await writeHome(dashboard, 'agents/late.md', '---\nbottle: late\n---\n')
  await page.goto('/launch/late')
  const blockers = page.getByRole('alert', { name: 'Before you can launch' })
  await expect(blockers).toContainText('The login of codex on this machine expired (2023-11-14 22:13 UTC).')
  await expect(blockers).toContainText('codex login')
  await expect(launchButton(page)).toBeDisabled()
  const reach = page.getByRole('region', { name: 'May reach' })
  const route = (host: string) => reach.getByRole('listitem').filter({ hasText: host })
  await expect(route('docs.example.com')).toContainText('inbound prompt_injection, a hit cuts the answer')
  await expect(route('open.example.com')).toContainText('inbound off')
  await picture(page, 'launch-login-expired', { fullPage: true })
})

/** Kills egress in the bundle as soon as it is there again, until the bundle ends. */
async function killEgress(slug: BottleSlug): Promise<void> {
  const script = `for i in $(seq 1 900); do
    for p in /proc/[0-9]*; do grep -q '[e]gress.mjs' $p/cmdline 2>/dev/null && kill -9 \${p#/proc/} 2>/dev/null; done
    sleep 0.1
  done`
  await new Docker().run(`bot-bottle-${slug}-sidecars`, { command: ['sh', '-c', script], user: '0:0' })
}
