import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from '@playwright/test'
import type { BottleSlug } from '../server/contract/ids.ts'
import { type Beyond, test } from './fixtures/beyond.ts'
import { Curl } from './fixtures/curl.ts'
import type { Dashboard } from './fixtures/dashboard.ts'
import { launchByProcedure, untilState } from './fixtures/launch.ts'
import { isAlive, launchInBrowser } from './fixtures/operator.ts'
import { TerminalOnPage } from './fixtures/terminal.ts'
import { expect } from './fixtures/test.ts'

/** A bottle that is up, its terminal on the first page and its network tab on a second. */
async function twoPages(page: Page, dashboard: Dashboard, beyond: Beyond, label: string) {
  await beyond.writeAgent(dashboard)
  const slug = await launchByProcedure(dashboard, { agent: 'net', label })
  await untilState(dashboard, slug, 'running')
  await beyond.trustedBy(dashboard, slug)
  await page.goto(`/bottles/${slug}`)
  return { slug, ...(await besides(page, slug)) }
}

async function besides(page: Page, slug: BottleSlug) {
  const terminal = new TerminalOnPage(page)
  await terminal.ready()
  const network = await page.context().newPage()
  await network.goto(`/bottles/${slug}/network`)
  await isAlive(network)
  return { terminal, network, curl: await Curl.in(terminal) }
}

const rows = (network: Page, outcome?: 'allowed' | 'refused' | 'redacted') =>
  network.getByRole('log', { name: 'Requests' }).locator(outcome ? `[data-outcome=${outcome}]` : '[data-outcome]')

// Two pages, real launches and real requests: on a busy machine that takes its time.
test.slow()

test('what the agent asks for appears as it is decided: allowed, refused, redacted, each with its rule', async ({
  page,
  dashboard,
  beyond,
}) => {
  await beyond.writeAgent(dashboard)
  const slug = await launchInBrowser(page, { agent: 'net', label: 'asks' })
  await untilState(dashboard, slug, 'running')
  await beyond.trustedBy(dashboard, slug)
  const { curl, network } = await besides(page, slug)
  await expect(network.getByText('No request so far.')).toBeVisible()
  const origin = `https://origin.test:${beyond.port}`

  expect(await curl.ask(`${origin}/hello?q=1`)).toMatchObject({ status: '200', body: 'hello' })
  await expect(rows(network, 'allowed')).toHaveCount(1)
  await expect(rows(network, 'allowed')).toContainText(`origin.test:${beyond.port}/hello`)
  await expect(rows(network, 'allowed')).toContainText('200')

  const unlisted = await curl.ask('http://elsewhere.test/a')
  expect(unlisted.status).toBe('403')
  const refusal = { rule: 'not-listed', message: expect.any(String), ask: expect.stringContaining('allowlist') }
  expect(JSON.parse(unlisted.body)).toMatchObject(refusal)
  await expect(rows(network, 'refused').filter({ hasText: 'elsewhere.test' })).toContainText('not-listed')
  const unmatched = await curl.ask(`-X DELETE ${origin}/hello`)
  expect(JSON.parse(unmatched.body)).toMatchObject({ ...refusal, rule: 'no-match' })
  await expect(rows(network, 'refused').filter({ hasText: 'DELETE' })).toContainText('no-match')

  const token = `ghp_${randomBytes(18).toString('hex')}`
  expect(await curl.ask(`-d 'a=1&key=${token}&b=2' ${origin}/in/box`)).toMatchObject({ status: '200' })
  await expect(rows(network, 'redacted')).toHaveCount(1)
  await expect(rows(network, 'redacted')).toContainText('/in/box')
  const arrived = beyond.side.arrived.find(({ url }) => url === '/in/box')
  expect(arrived?.body).toMatch(/^a=1&key=.+&b=2$/)
  expect(arrived?.body).not.toContain(token)
  expect(await network.content(), 'what was cut out is not on the page').not.toContain(token)

  // Newest on top; the details of a row tell the whole of it.
  await expect(rows(network)).toHaveCount(4)
  await expect(rows(network).first()).toHaveAttribute('data-outcome', 'redacted')
  await rows(network, 'allowed').click()
  const details = network.locator('li', { has: network.locator('[data-outcome=allowed]') })
  await expect(details).toContainText('0 B sent, 6 B received')
  await expect(details).toContainText(/for [\d.]+ m?s/)
  await rows(network, 'allowed').click()

  // Filters are in the address, so that they can be sent to somebody.
  await network.getByRole('button', { name: /^Refused/ }).click()
  await expect(rows(network)).toHaveCount(2)
  await expect(network).toHaveURL(/outcome=refused/)
  await network.keyboard.press('/')
  await network.keyboard.type('delete')
  await expect(rows(network)).toHaveCount(1)
  await network.reload()
  await expect(rows(network)).toHaveCount(1)
  await expect(network.getByRole('searchbox')).toHaveValue('delete')
  await network.getByRole('searchbox').fill('no such thing')
  await network.getByRole('button', { name: 'Show all' }).click()
  await expect(rows(network)).toHaveCount(4)

  await network.getByRole('tab', { name: /^Hosts/ }).click()
  const host = network.locator('[data-list-item]', { hasText: 'origin.test' })
  await expect(host).toContainText(/^origin\.test3/)
  await expect(host).toContainText('1 redacted')
  await host.click()
  await expect(rows(network)).toHaveCount(3)
  await expect(network.getByRole('button', { name: /only origin\.test/ })).toBeVisible()
  await expect(network.getByRole('link', { name: /^Network.*2 refused$/ }).first()).toBeVisible()
})

test('“Allow…” lets through what was refused, after its diff was seen, and the manifest has it too if asked', async ({
  page,
  dashboard,
  beyond,
}) => {
  const { slug, curl, network } = await twoPages(page, dashboard, beyond, 'allows')
  const file = path.join(dashboard.home, 'bottles/net.md')
  const before = await readFile(file, 'utf8')
  const put = `-X PUT https://origin.test:${beyond.port}/notes/a`
  expect(await curl.ask(put)).toMatchObject({ status: '403', body: expect.stringContaining('no-match') })
  await network.getByRole('button', { name: 'Allow PUT origin.test…' }).click()
  const dialog = network.getByRole('dialog', { name: 'Allow this kind of request' })
  await expect(dialog.getByRole('radio', { name: 'exactly /notes/a' })).toBeChecked()
  await dialog.getByRole('radio', { name: 'everything under /notes/' }).click()
  await expect(dialog.getByRole('figure')).toContainText('/notes/')
  await dialog.getByRole('checkbox', { name: 'Also write to the manifest' }).click()
  await expect(dialog.getByRole('figure').filter({ hasText: 'bottles/net.md' })).toContainText('/notes/')
  expect(await readFile(file, 'utf8'), 'nothing is written before it is confirmed').toBe(before)
  await dialog.getByRole('button', { name: 'Allow on origin.test' }).click()
  await expect(dialog).toBeHidden()
  await expect(network.getByText(/In effect after .+ bottles\/net\.md says so too\./)).toBeVisible()

  expect(await curl.ask(put)).toMatchObject({ status: '200', body: 'hello' })
  await expect(rows(network, 'allowed')).toContainText('/notes/a')
  const after = await readFile(file, 'utf8')
  expect(after).toContain('/notes/')
  expect(after, 'what was there is there').toContain('What is written here stays as it is.')
  const { plan } = await dashboard.mutate('plans.resolve', { agent: 'net' })
  expect(JSON.stringify(plan.egress.routes), 'the next launch has it').toContain('"PUT"')

  // A host that no route names, of which egress never saw more than its name.
  const get = `https://other.test:${beyond.port}/`
  expect(await curl.ask(get)).toMatchObject({ status: '000' })
  await network.getByRole('button', { name: 'Allow CONNECT other.test…' }).click()
  await dialog.getByRole('button', { name: 'Allow on other.test' }).click()
  await expect(dialog).toBeHidden()
  expect(await curl.ask(get)).toMatchObject({ status: '200', body: 'hello' })
  expect((await dashboard.query('routes.get', { slug })).routes.map(({ host }) => host)).toContain('other.test')
  expect(await readFile(file, 'utf8'), 'unless asked, the file stays').toBe(after)
})

test('routes that cannot be enforced are refused with their line, and those before stay in force', async ({
  page,
  dashboard,
  beyond,
}) => {
  const { slug, curl, network } = await twoPages(page, dashboard, beyond, 'edits')
  const { digest } = await dashboard.query('routes.get', { slug })
  await network.getByRole('tab', { name: /^Routes/ }).click()
  const editor = network.getByRole('region', { name: 'Edit the routes' })
  const field = editor.getByRole('textbox', { name: 'Routes, as YAML' })
  const apply = editor.getByRole('button', { name: 'Apply to edits' })
  const text = await field.inputValue()
  expect(text).toContain('host: origin.test')

  for (const [wrong, told] of [
    [text.replace('host: origin.test', 'hots: origin.test'), /Line 1: .*hots/],
    [`${text}- host: second.test\n  dlp: {outbound_detectors: [no_such_detector]}\n`, /detectors .*token_patterns/],
    [`${text}- host: "*.test"\n`, /\*\.test/],
    [`${text}- host: [unclosed\n`, /Line \d+/],
  ] as const) {
    await field.fill(wrong)
    await expect(editor.getByRole('alert')).toContainText(told)
    await expect(apply).toBeDisabled()
  }
  expect((await dashboard.query('routes.get', { slug })).digest).toBe(digest)
  expect(await curl.ask(`https://origin.test:${beyond.port}/`)).toMatchObject({ status: '200' })

  const better = `${text}- host: second.test\n`
  await field.fill(better)
  await expect(editor.getByRole('figure')).toContainText('second.test')
  // Another page changes them meanwhile: nobody’s edit is undone without being seen.
  await dashboard.mutate('routes.update', { slug, digest, edit: { kind: 'text', text: `${text}- host: third.test\n` } })
  await expect(editor.getByText('The routes were changed while you edited')).toBeVisible()
  await expect(apply).toBeDisabled()
  await editor.getByRole('button', { name: 'Drop mine' }).click()
  await expect(field).toHaveValue(/third\.test/)
  await field.fill(better)
  await expect(editor.getByText('third.test removed')).toBeVisible()
  await apply.click()
  await expect(network.getByText(/In effect after/)).toBeVisible()
  const { routes } = await dashboard.query('routes.get', { slug })
  expect(routes.map(({ host }) => host)).toEqual(['origin.test', 'second.test'])
})

test('one button closes egress at once, live connections too, and the page says so until it is open again', async ({
  page,
  dashboard,
  beyond,
}) => {
  beyond.side.answer = (request, response) => {
    if (request.url === '/stream') response.write('first word\n')
    else response.end('hello\n')
  }
  const { slug, curl, terminal, network } = await twoPages(page, dashboard, beyond, 'cold')
  const url = `https://origin.test:${beyond.port}/`
  const frozen = [page, network].map((each) => each.getByText('Egress is closed.'))
  const streaming = curl.ask(`-N ${url}stream`)
  await terminal.shows('\nfirst word')
  await page.keyboard.press('Control+Shift+e')
  expect((await streaming).exit, 'a connection that was open is cut').not.toBe(0)
  for (const notice of frozen) await expect(notice).toBeVisible()
  expect(await curl.ask(url)).toMatchObject({ status: '000' })
  expect((await curl.ask('http://origin.test/')).body).toContain('"rule":"frozen"')
  await expect(rows(network, 'refused').first()).toContainText('frozen')
  await expect(rows(network, 'refused')).toHaveCount(3)
  await expect(network.getByRole('button', { name: /^Allow / })).toHaveCount(0)
  await network.getByRole('button', { name: 'Open egress of cold' }).last().click()
  for (const notice of frozen) await expect(notice).toBeHidden()
  expect(await curl.ask(url)).toMatchObject({ status: '200', body: 'hello' })

  // All of them, from the overview; a second bottle shows that it is all.
  const second = await launchByProcedure(dashboard, { label: 'second' })
  await untilState(dashboard, second, 'running')
  await network.goto('/')
  await network.getByRole('button', { name: 'Close egress of all bottles' }).click()
  await expect(frozen[0]!).toBeVisible()
  await expect(network.getByRole('main').getByText('Closed by you', { exact: true })).toHaveCount(2)
  for (const each of [slug, second]) expect((await dashboard.query('routes.get', { slug: each })).frozen).toBe(true)
  expect(await curl.ask(url)).toMatchObject({ status: '000' })
  await network.getByRole('button', { name: /^All closed/ }).click()
  await network.getByRole('alertdialog').getByRole('button', { name: 'Open egress of 2 bottles' }).click()
  await expect(frozen[0]!).toBeHidden()
  expect(await curl.ask(url)).toMatchObject({ status: '200' })
})
