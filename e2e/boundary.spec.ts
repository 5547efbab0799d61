import { test } from './fixtures/beyond.ts'
import { Curl } from './fixtures/curl.ts'
import { launchByProcedure, untilState, writeHome } from './fixtures/launch.ts'
import { withOneMoreNetwork } from './fixtures/one-more-network.ts'
import { isAlive, launchInBrowser } from './fixtures/operator.ts'
import { TerminalOnPage } from './fixtures/terminal.ts'
import { expect } from './fixtures/test.ts'

// Two pages, real launches and real proofs: on a busy machine that takes its time.
test.slow()

test('every check of the boundary is on the bottle with what it saw, and can be made again', async ({
  page,
  dashboard,
}) => {
  const slug = await launchByProcedure(dashboard, { label: 'proved' })
  await untilState(dashboard, slug, 'running')
  await page.goto('/bottles/proved')
  await isAlive(page)
  const first = (await dashboard.query('network.boundary', { slug }))!
  const holds = first.checks.filter(({ result }) => result === 'green').length
  expect(holds).toBeGreaterThanOrEqual(10)
  await page.getByRole('link', { name: `Boundary ${holds}/${holds}` }).click()
  const row = page.getByRole('region', { name: 'Boundary' })
  await expect(row).toContainText(`${holds}/${holds}`)
  await expect(row.locator('[data-check]')).toHaveCount(first.checks.length)
  for (const { name, result } of first.checks) {
    await expect(row.locator(`[data-check="${name}"]`)).toHaveAttribute('data-result', result)
  }
  for (const name of ['only way out', 'canary'] as const) {
    await row.locator(`[data-check="${name}"]`).click()
    const seen = page.getByRole('dialog', { name: new RegExp(`^${name}`) })
    await expect(seen).toContainText(first.checks.find((check) => check.name === name)!.detail)
    await page.keyboard.press('Escape')
    await expect(seen).toBeHidden()
  }
  await row.getByRole('button', { name: 'Check the boundary again' }).click()
  await expect.poll(async () => (await dashboard.query('network.boundary', { slug }))?.at).toBeGreaterThan(first.at)
  await expect(row).toContainText(`${holds}/${holds}`)
})

test('a boundary that no longer holds closes egress, names the check, and stays closed until it is mended and opened', async ({
  page,
  dashboard,
  beyond,
}) => {
  await beyond.writeAgent(dashboard)
  const slug = await launchByProcedure(dashboard, { agent: 'net', label: 'holed' })
  await untilState(dashboard, slug, 'running')
  await beyond.trustedBy(dashboard, slug)
  await page.goto('/bottles/holed')
  const terminal = new TerminalOnPage(page)
  await terminal.ready()
  const curl = await Curl.in(terminal)
  const url = `https://origin.test:${beyond.port}/`
  expect(await curl.ask(url)).toMatchObject({ status: '200' })
  const network = await page.context().newPage()
  await network.goto('/bottles/holed/network')
  await isAlive(network)
  const row = network.getByRole('region', { name: 'Boundary' })
  const wayOut = row.locator('[data-check="only way out"]')
  await expect(wayOut).toHaveAttribute('data-result', 'green')

  const closed = [page, network].map((each) =>
    each.getByText('Egress closed: the boundary does not hold at “only way out”'),
  )
  await withOneMoreNetwork(slug, async () => {
    await row.getByRole('button', { name: 'Check the boundary again' }).click()
    for (const notice of closed) await expect(notice).toBeVisible()
    await expect(wayOut).toHaveAttribute('data-result', 'red')
    await expect(row.locator('[data-check]').first()).toHaveAttribute('data-check', 'only way out')
    await expect(network.getByText('Egress closed · probe failed').first()).toBeVisible()
    expect(await curl.ask(url)).toMatchObject({ status: '000' })
    expect((await curl.ask('http://origin.test/')).body).toContain('"rule":"frozen"')

    // Opened all the same, it is proved again and closed again.
    const before = (await dashboard.query('network.boundary', { slug }))!.at
    await network.getByRole('button', { name: 'Open egress of holed' }).click()
    const question = network.getByRole('alertdialog', { name: 'Open egress of holed?' })
    await expect(question).toContainText('did not hold when it was last proved')
    await question.getByRole('button', { name: 'Open egress of holed' }).click()
    await expect.poll(async () => (await dashboard.query('network.boundary', { slug }))?.at).toBeGreaterThan(before)
    await expect.poll(async () => (await dashboard.query('routes.get', { slug })).frozen).toBe(true)
    expect(await curl.ask(url)).toMatchObject({ status: '000' })
  })

  await network.getByRole('button', { name: 'Check again' }).click()
  for (const notice of closed) await expect(notice).toBeHidden()
  await expect(wayOut).toHaveAttribute('data-result', 'green')
  expect(await curl.ask(url), 'only the operator opens it').toMatchObject({ status: '000' })
  await network.getByRole('button', { name: 'Open egress of holed' }).last().click()
  await expect(network.getByText('Egress is closed.')).toBeHidden()
  expect(await curl.ask(url)).toMatchObject({ status: '200', body: 'hello' })
})

test('a launch whose boundary does not hold is stopped before the agent starts, and says at which check', async ({
  page,
  dashboard,
}) => {
  // The host that the probe asks for because nobody can own it: with a route to it, egress does not refuse it.
  const route = '{host: unlisted.bot-bottle.invalid, ports: [9]}'
  const bottle = `---\nagent_provider: {template: shell}\nsupervise: false\negress: {routes: [${route}]}\n---\n`
  await writeHome(dashboard, 'bottles/open.md', bottle)
  await writeHome(dashboard, 'agents/open.md', '---\nbottle: open\n---\n')
  const slug = await launchInBrowser(page, { agent: 'open', label: 'never' })
  const outcome = page.getByRole('region', { name: 'Outcome' })
  await expect(outcome).toContainText('The launch failed at “boundary probe”', { timeout: 60_000 })
  await expect(page.getByText(/^The boundary does not hold at “unlisted host”/)).toBeVisible()
  await expect(page.locator('[data-check]').first()).toHaveAttribute('data-check', 'unlisted host')
  const { startedAt, state } = await dashboard.query('bottles.get', { slug })
  expect({ startedAt, state }).toEqual({ startedAt: null, state: 'failed' })
  await page.getByRole('link', { name: 'Network' }).first().click()
  await expect(page.locator('[data-check="unlisted host"]')).toHaveAttribute('data-result', 'red')
})
