import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { madeFor } from './fixtures/engine.ts'
import { launchInBrowser, reopen, stopInBrowser } from './fixtures/operator.ts'
import { TerminalOnPage } from './fixtures/terminal.ts'
import { expect, SERVER_AWAY, test } from './fixtures/test.ts'

test('from an empty home to a working shell, closed and reopened, shared and stopped with nothing left', async ({
  page: first,
  dashboard,
  context,
  browser,
  complaints,
}) => {
  let page = first
  await test.step('an empty home offers the starter set', async () => {
    await page.goto('/')
    await expect(page.getByRole('heading', { name: 'Nothing is running' })).toBeVisible()
    await page.getByRole('button', { name: 'Write the starter set' }).click()
    await expect(page.getByRole('navigation', { name: 'Agents' }).getByRole('link')).toHaveText([
      /claude/,
      /codex/,
      /shell/,
    ])
    expect(await readFile(path.join(dashboard.home, 'agents/shell.md'), 'utf8')).toContain('bottle: shell')
  })

  await test.step('the plan is reviewed before anything is made', async () => {
    await page.getByRole('navigation', { name: 'Agents' }).getByRole('link', { name: 'shell' }).first().click()
    for (const name of ['Runs', 'May reach', 'Boundary']) {
      await expect(page.getByRole('heading', { name, exact: true })).toBeVisible()
    }
    await expect(page.getByText('bash', { exact: false }).first()).toBeVisible()
    expect(await madeFor(dashboard.home), 'nothing is made yet').toEqual([])
  })

  const slug = await test.step('confirmed, the launch runs and ends in the terminal', async () => {
    const launched = await launchInBrowser(page, { agent: 'shell', label: 'first run' })
    expect(launched).toBe('first-run')
    await expect(page.getByRole('list', { name: 'Launch' }).or(page.locator('[data-terminal]')).first()).toBeVisible()
    return launched
  })

  let terminal = new TerminalOnPage(page)
  await test.step('a command typed in the page answers', async () => {
    await terminal.ready()
    await terminal.type('echo "the answer is $((6 * 7))"; id -un; pwd')
    await terminal.shows('the answer is 42')
    await terminal.shows('/home/node/workspace')
  })

  await test.step('closing the page changes nothing for the agent', async () => {
    await terminal.type('sleep 1; echo "said while nobody looked"')
    page = await reopen(page)
    terminal = new TerminalOnPage(page)
    await terminal.ready()
    await terminal.shows('the answer is 42')
    await terminal.shows('\nsaid while nobody looked')
  })

  await test.step('the server is restarted in between, and the open page comes back by itself', async () => {
    await terminal.type('kept=across-a-restart')
    await dashboard.stop()
    await expect(page.locator('[data-terminal]')).not.toHaveAttribute('data-phase', 'open')
    await dashboard.start()
    await terminal.ready()
    await terminal.type('echo "the shell is the same: $kept"')
    await terminal.shows('the shell is the same: across-a-restart')
    await terminal.shows('the answer is 42')
    complaints.areMeant(SERVER_AWAY)
  })

  await test.step('shared by a link, somebody else reads the log and can do nothing', async () => {
    await page.getByRole('button', { name: 'Share' }).click()
    await page.getByRole('button', { name: 'Create link' }).click()
    const link = await page.getByRole('textbox', { name: 'Link' }).inputValue()
    expect(link).toMatch(/\/share\/[\w-]{20,}$/)
    const guest = await (await browser.newContext()).newPage()
    await guest.goto(link)
    await expect(guest.getByText('agent image').first()).toBeVisible()
    await expect(guest.getByRole('button', { name: /Stop|Launch|Share/ })).toHaveCount(0)

    await page.getByRole('button', { name: 'Revoke' }).click()
    await expect(page.getByRole('list', { name: 'Links' })).toContainText('Revoked')
    expect((await guest.goto(link))?.status()).toBe(404)
    await guest.context().close()
    await page.keyboard.press('Escape')
  })

  await test.step('stopped, nothing is left by label', async () => {
    expect(await madeFor(dashboard.home)).toContain(`container bot-bottle-${slug}`)
    await stopInBrowser(page, 'first run')
    expect(await madeFor(dashboard.home)).toEqual([])
    await page.goto('/')
    await expect(page.getByRole('listitem').filter({ hasText: 'first run' })).toContainText('Stopped')
  })
  expect(context.pages()).toHaveLength(1)
})

test('a crash of the server loses neither agent nor screen', async ({ page, dashboard, complaints }) => {
  await dashboard.mutate('manifests.writeStarter')
  await launchInBrowser(page, { agent: 'shell', label: 'survivor' })
  const terminal = new TerminalOnPage(page)
  await terminal.ready()
  await terminal.type('echo before the crash; marker=alive')
  await terminal.shows('\nbefore the crash')
  await dashboard.stop('SIGKILL')
  await dashboard.start()
  await terminal.ready()
  await terminal.type('echo "still $marker"')
  await terminal.shows('still alive')
  await terminal.shows('\nbefore the crash')
  complaints.areMeant(SERVER_AWAY)
  await stopInBrowser(page, 'survivor')
  expect(await madeFor(dashboard.home)).toEqual([])
})
