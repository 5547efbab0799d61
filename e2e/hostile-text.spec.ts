import type { Page } from '@playwright/test'
import { launchByProcedure, untilState, writeBuildingAgent, writeHome } from './fixtures/launch.ts'
import { TerminalOnPage } from './fixtures/terminal.ts'
import { expect, test } from './fixtures/test.ts'

const MARKUP = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><b id=injected>bold</b>'

/** A log draws the lines that can be seen; here that is all of them. */
const TALL = { width: 1440, height: 2400 }

/** At most 80 characters. */
const LABEL = '<img src=x onerror="window.hacked=1"><b id=injected>bold</b>'

/** Nothing of what a bottle or a file says has become part of the page. */
async function isOnlyText(page: Page): Promise<void> {
  expect(await page.evaluate(() => 'hacked' in window), 'a script ran').toBe(false)
  await expect(page.locator('#injected, img[src="x"], a[href^="javascript:"]')).toHaveCount(0)
}

test('what a build prints is text in the launch, in the log and in a shared log', async ({
  page,
  dashboard,
  browser,
}) => {
  const print = (text: string) => `RUN printf '%b\\n' '${text.replaceAll("'", `'"'"'`)}'`
  await writeBuildingAgent(dashboard, 'hostile', [
    print(MARKUP),
    print('\\033]8;;javascript:window.hacked=1\\033\\\\click me\\033]8;;\\033\\\\ and \\033]0;a title\\007after it'),
    print('\\033[2J\\033[Hgone? \\033[999;999H\\033[?1049h still here'),
    print('safe \\u202ecod.exe\\u202c end'),
  ])
  const slug = await launchByProcedure(dashboard, { agent: 'hostile', label: 'hostile' })
  await untilState(dashboard, slug, 'running')
  await page.setViewportSize(TALL)
  await page.goto('/bottles/hostile/logs')
  await expect(page.locator('[data-line]', { hasText: MARKUP }).last()).toBeVisible()
  await expect(page.locator('[data-line]', { hasText: 'click me and after it' }).last()).toBeVisible()
  await expect(page.locator('[data-line]', { hasText: /^\d*gone\?\s+still here/ }).last()).toBeVisible()
  await isOnlyText(page)

  const { path } = await dashboard.mutate('shares.create', { slug, kind: 'log', expiresInHours: 1 })
  const guest = await (await browser.newContext()).newPage()
  await guest.setViewportSize(TALL)
  await guest.goto(path)
  await expect(guest.locator('[data-line]', { hasText: MARKUP }).last()).toBeVisible()
  await isOnlyText(guest)
  await guest.context().close()
  const raw = await page.request.get(`/api/bottles/${slug}/log.txt`)
  expect(raw.headers()['content-type']).toMatch(/^text\/plain/)
  expect(raw.headers()['x-content-type-options']).toBe('nosniff')
})

test('labels, prompts, descriptions and file names of the operator’s repository are text', async ({
  page,
  dashboard,
}) => {
  await dashboard.mutate('manifests.writeStarter')
  await writeHome(
    dashboard,
    'agents/odd.md',
    `---\nbottle: shell\ndescription: ${JSON.stringify(MARKUP)}\n---\n${MARKUP}\n`,
  )
  await writeHome(dashboard, 'agents/broken.md', `---\n${JSON.stringify(MARKUP)}: 1\nbottle: shell\n---\n`)
  await page.goto('/launch/odd')
  await expect(page.getByText(MARKUP).first()).toBeVisible()
  await isOnlyText(page)
  const slug = await launchByProcedure(dashboard, { agent: 'odd', label: LABEL })
  await untilState(dashboard, slug, 'running')
  for (const place of ['/', `/bottles/${slug}`, `/bottles/${slug}/plan`, '/manifests', '/manifests?agent=odd']) {
    await page.goto(place)
    await expect(page.getByRole('main').first()).toBeVisible()
    await isOnlyText(page)
  }
  await page.goto('/')
  await expect(page.getByRole('link', { name: LABEL })).toBeVisible()
})

test('a terminal’s title and links stay in the terminal', async ({ page, dashboard }) => {
  const slug = await launchByProcedure(dashboard, { label: 'titles' })
  await untilState(dashboard, slug, 'running')
  await page.goto('/bottles/titles')
  const terminal = new TerminalOnPage(page)
  await terminal.ready()
  await terminal.type(`printf '\\033]0;<b id=injected>%s</b>\\007' pwned; printf '<b id=inj''ected>%s\\n' done`)
  await terminal.shows('<b id=injected>done')
  await terminal.type(`printf '\\033]8;;javascript:window.hacked=1\\033\\\\press\\033]8;;\\033\\\\\\n'`)
  await terminal.shows('\npress')
  await isOnlyText(page)
  await page.goto('/')
  await expect(page.getByRole('link', { name: 'titles' })).toBeVisible()
  await isOnlyText(page)
})
