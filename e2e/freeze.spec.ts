import { frozenFor, madeFor } from './fixtures/engine.ts'
import { untilState } from './fixtures/launch.ts'
import { isAlive, launchInBrowser, stopInBrowser } from './fixtures/operator.ts'
import { picture } from './fixtures/picture.ts'
import { TerminalOnPage } from './fixtures/terminal.ts'
import { expect, test } from './fixtures/test.ts'

test.slow()

test('a bottle is frozen, stopped, reviewed and resumed with what its agent made; removing it removes what was kept', async ({
  page,
  dashboard,
}) => {
  await dashboard.mutate('manifests.writeStarter')
  const slug = await launchInBrowser(page, { agent: 'shell', label: 'lasting work' })
  await untilState(dashboard, slug, 'running')
  const first = new TerminalOnPage(page)
  await first.ready()
  await first.type('echo "kept over $((40 + 2))" > ~/note; echo written')
  await first.shows('\nwritten')

  await test.step('freezing says what is kept and what is not, and the agent goes on', async () => {
    await page.getByRole('button', { name: 'Freeze lasting work' }).click()
    const dialog = page.getByRole('alertdialog')
    await expect(dialog).toContainText('its home, its workspace and what it installed')
    await expect(dialog).toContainText('Secrets and tokens are not kept')
    await picture(page, 'freeze-asks')
    await dialog.getByRole('button', { name: 'Freeze lasting work' }).click()
    await expect(page.getByText(/^Frozen just now/)).toBeVisible({ timeout: 60_000 })
    await first.type('echo "still $((6 * 7))"')
    await first.shows('still 42')
  })

  await test.step('once it is stopped, the page leads to its plan', async () => {
    await stopInBrowser(page, 'lasting work')
    await untilState(dashboard, slug, 'stopped')
    await picture(page, 'bottle-stopped-frozen')
    await page.getByRole('main').getByRole('button', { name: 'Resume lasting work' }).last().click()
    await page.waitForURL(`**/bottles/${slug}/resume`)
    await isAlive(page)
    const goesOn = page.getByRole('region', { name: 'Goes on from' })
    await expect(goesOn).toContainText(`bot-bottle-${slug}:frozen`)
    await expect(page.getByRole('region', { name: 'Changes since last launch' })).toBeVisible()
    await picture(page, 'resume-review')
  })

  await test.step('confirmed, it runs again under its name, with its files and its log', async () => {
    await page
      .getByRole('button', { name: /^Resume/ })
      .last()
      .click()
    await page.waitForURL(`**/bottles/${slug}`)
    await untilState(dashboard, slug, 'running')
    const again = new TerminalOnPage(page)
    await again.ready()
    await again.type('cat ~/note')
    await again.shows('kept over 42')
    await page.getByRole('link', { name: 'Log', exact: true }).click()
    // What came before is still there, above.
    await expect(page.getByText('Stopped by the operator.').first()).toBeAttached()
    await expect(page.getByText('Resumed by the operator, from what was frozen.').first()).toBeAttached()
  })

  await test.step('removed, nothing of it is left', async () => {
    await dashboard.mutate('bottles.stop', { slug })
    await dashboard.mutate('bottles.remove', { slug })
    expect(await madeFor(dashboard.home)).toEqual([])
    const left = await dashboard.query('system.leftovers', undefined)
    expect(left.filter((each) => each.slug === slug)).toEqual([])
    expect(await frozenFor(dashboard.home)).toEqual([])
  })
})
