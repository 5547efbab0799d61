import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { launchByProcedure, untilState, writeBuildingAgent } from './fixtures/launch.ts'
import { isAlive } from './fixtures/operator.ts'
import { expect, test } from './fixtures/test.ts'

const lineAt = (page: Page, n: number) => page.locator(`[data-line="${n}"]`)
/** A line by what it says, as its number in the log. */
const numberOf = async (page: Page, text: string) =>
  Number(await page.locator('[data-line]', { hasText: text }).first().getAttribute('data-line'))

test.describe('a log of some thousand lines', () => {
  test.beforeEach(async ({ dashboard, page }) => {
    await writeBuildingAgent(dashboard, 'builder', [
      `RUN seq -f 'brick %g of the wall' 1 4000`,
      `RUN printf 'this one is \\033[31mred\\033[0m\\n'`,
    ])
    const slug = await launchByProcedure(dashboard, { agent: 'builder', label: 'wall' })
    await untilState(dashboard, slug, 'running')
    await page.goto('/bottles/wall/logs')
    await expect(page.getByText('brick', { exact: false }).first()).toBeVisible()
    await isAlive(page)
  })

  test('is drawn as a window, found by search, linked by line and by range, and downloaded whole', async ({ page }) => {
    await test.step('only what can be seen is drawn', async () => {
      expect(await page.locator('[data-line]').count()).toBeLessThan(400)
    })

    const brick = await test.step('search counts and leads to the match', async () => {
      const field = page.getByRole('searchbox', { name: 'Search in the log' })
      await field.fill('brick 2345 of')
      await expect(page.getByText('1 of 1')).toBeVisible()
      await field.press('Enter')
      await expect(page.locator('[data-line] mark')).toHaveText('brick 2345 of')
      await field.fill('brick 39')
      await expect(page.getByText(/of 111\b/)).toBeVisible()
      await field.fill('no such brick')
      await expect(page.getByText(/^(0 of 0|no match(es)?|none)$/i)).toBeVisible()
      await field.fill('brick 2345 of')
      await field.press('Enter')
      return numberOf(page, 'brick 2345 of')
    })

    await test.step('a click on a number is a link, with shift a range', async () => {
      await page.locator(`[data-line-number="${brick}"]`).click()
      await expect(page).toHaveURL(new RegExp(`#L${brick}$`))
      await page.locator(`[data-line-number="${brick + 2}"]`).click({ modifiers: ['Shift'] })
      await expect(page).toHaveURL(new RegExp(`#L${brick}-L${brick + 2}$`))
    })

    await test.step('the link leads there, in another tab and with the back button', async () => {
      const other = await page.context().newPage()
      await other.goto(`/bottles/wall/logs#L${brick}-L${brick + 2}`)
      await expect(lineAt(other, brick)).toBeInViewport()
      await expect(lineAt(other, brick)).toContainText('brick 2345 of the wall')
      await other.close()
    })

    await test.step('the download has every line', async () => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download as text' }).click(),
      ])
      const text = await readFile(await download.path(), 'utf8')
      expect(text.match(/^.*brick \d+ of the wall$/gm)?.filter((line) => !line.includes('seq'))).toHaveLength(4000)
    })
  })

  test('has colours, times and folds by step', async ({ page }) => {
    const search = page.getByRole('searchbox', { name: 'Search in the log' })
    await search.fill('this one is red')
    await search.press('Enter')
    const red = page.locator('[data-line]', { hasText: /^\d*this one is red$/ }).first()
    await expect(red).toBeVisible()
    await search.fill('')
    const colour = await red.getByText('red', { exact: true }).evaluate((word) => getComputedStyle(word).color)
    expect(colour).not.toBe(await red.evaluate((line) => getComputedStyle(line).color))

    await page.getByRole('button', { name: 'Show times' }).click()
    await expect(page.locator('[data-line] time').first()).toHaveText(/^\d\d:\d\d:\d\d/)
    await page.reload()
    await expect(page.locator('[data-line] time').first(), 'it is remembered').toBeVisible()

    await page.getByRole('button', { name: 'Fold all steps' }).click()
    await expect(page.locator('[data-line]')).toHaveCount(0)
    await page.getByRole('button', { name: /agent image/ }).click()
    await expect(page.locator('[data-line]').first()).toBeVisible()
  })
})

test('a log that grows is followed, until one looks at something else', async ({ dashboard, page }) => {
  const say = 'for i in $(seq 1 40); do seq -f "step $i.%g" 1 5; sleep 0.2; done'
  await writeBuildingAgent(dashboard, 'slow', [`RUN ${say}`])
  const slug = await launchByProcedure(dashboard, { agent: 'slow', label: 'slow' })
  await page.goto('/bottles/slow/logs')
  await expect(page.getByText('step 10.5', { exact: true })).toBeInViewport()
  await expect(page.getByText('step 12.5', { exact: true }), 'the end stays in view').toBeInViewport()

  const follow = page.getByRole('button', { name: 'Follow the end' })
  await expect(follow).toHaveAttribute('aria-pressed', 'true')
  await page.getByText('step 12.5', { exact: true }).hover()
  await page.mouse.wheel(0, -600)
  await expect(follow).toHaveAttribute('aria-pressed', 'false')
  await untilState(dashboard, slug, 'running')
  await expect(page.getByText('step 40.5', { exact: true })).not.toBeInViewport()
})

test('lines are shared without the rest of the log', async ({ dashboard, page, browser }) => {
  await writeBuildingAgent(dashboard, 'builder', [`RUN seq -f 'brick %g of the wall' 1 50`])
  const slug = await launchByProcedure(dashboard, { agent: 'builder', label: 'some lines' })
  await untilState(dashboard, slug, 'running')
  await page.goto('/bottles/some-lines/logs')
  await isAlive(page)
  await page.getByRole('searchbox', { name: 'Search in the log' }).fill('brick 20 of')
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-line] mark').first()).toBeVisible()
  const first = await page
    .locator('[data-line]', { hasText: /^\d*brick 20 of the wall$/ })
    .evaluate((line) => Number(line.getAttribute('data-line')))
  await page.goto(`/bottles/some-lines/logs#L${first}-L${first + 4}`)
  await page.reload()
  await isAlive(page)
  await expect(lineAt(page, first)).toBeInViewport()
  await page.getByRole('region', { name: 'Chosen lines' }).getByRole('button', { name: 'Share' }).click()
  await page.getByRole('button', { name: 'Create link' }).click()
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue()

  const guest = await (await browser.newContext()).newPage()
  await guest.goto(link)
  await expect(guest.getByText('brick 20 of the wall', { exact: true })).toBeVisible()
  await expect(guest.getByText('brick 24 of the wall', { exact: true })).toBeVisible()
  await expect(guest.getByText(/brick (19|25) of the wall/)).toHaveCount(0)
  const path = new URL(link).pathname
  const text = await (await guest.request.get(`/api${path}/log.txt`)).text()
  expect(text).toContain('brick 22 of the wall')
  expect(text).not.toMatch(/brick (19|25) of the wall/)
  await guest.context().close()
})
