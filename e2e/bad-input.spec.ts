import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { Dashboard } from './fixtures/dashboard.ts'
import { madeFor } from './fixtures/engine.ts'
import { launchByProcedure, untilState, writeBuildingAgent, writeHome } from './fixtures/launch.ts'
import { isAlive, launchButton } from './fixtures/operator.ts'
import { expect, test } from './fixtures/test.ts'

test('an agent that nobody declares is named, and cannot be launched', async ({ page, dashboard }) => {
  await dashboard.mutate('manifests.writeStarter')
  await page.goto('/launch/nobody')
  await expect(page.getByText(/no agent (named|called) .?nobody/i).first()).toBeVisible()
  await expect(launchButton(page)).toHaveCount(0)
})

test('a broken file is told beside its own name and hides no other', async ({ page, dashboard }) => {
  await dashboard.mutate('manifests.writeStarter')
  await writeHome(dashboard, 'agents/yaml.md', '---\nbottle: [shell\n---\n')
  await writeHome(dashboard, 'agents/typo.md', '---\nbotle: shell\n---\n')
  await writeHome(dashboard, 'bottles/ring-a.md', '---\nextends: ring-b\n---\n')
  await writeHome(dashboard, 'bottles/ring-b.md', '---\nextends: ring-a\n---\n')
  await writeHome(dashboard, 'agents/ring.md', '---\nbottle: ring-a\n---\n')
  await page.goto('/launch')
  const agents = page.getByRole('navigation', { name: 'Agents' })
  await expect(agents.getByRole('link', { name: 'typo' })).toContainText('botle')
  await expect(agents.getByRole('link', { name: 'yaml' })).toContainText(/yaml/i)
  await expect(agents.getByRole('link', { name: 'ring' })).toContainText('ring-a → ring-b → ring-a')

  await agents.getByRole('link', { name: 'typo' }).click()
  await expect(page.getByText(/agents\/typo\.md/).first()).toBeVisible()
  await expect(launchButton(page)).toBeDisabled()
  await agents.getByRole('link', { name: 'shell' }).first().click()
  await expect(launchButton(page)).toBeEnabled()
})

test('what is missing blocks the launch, with the fix beside it', async ({ page, dashboard }) => {
  await dashboard.mutate('manifests.writeStarter')
  await writeHome(
    dashboard,
    'bottles/needy.md',
    `---\nagent_provider: {template: shell}\nenv: {TOKEN: "\${NO_SUCH_VARIABLE_HERE}"}\n---\n`,
  )
  await writeHome(dashboard, 'agents/needy.md', '---\nbottle: needy\nskills: [no-such-skill]\n---\n')
  await page.goto('/launch/needy')
  await expect(page.getByText(/NO_SUCH_VARIABLE_HERE/).first()).toBeVisible()
  await expect(page.getByText(/no-such-skill/).first()).toBeVisible()
  await expect(launchButton(page)).toBeDisabled()
  await expect(page.getByRole('status').filter({ hasText: /^2 things to fix/ })).toBeVisible()

  await mkdir(path.join(dashboard.home, 'skills/no-such-skill'), { recursive: true })
  await writeHome(dashboard, 'skills/no-such-skill/SKILL.md', '---\nname: no-such-skill\ndescription: there\n---\n')
  await page.reload()
  await expect(page.getByRole('status').filter({ hasText: /^(1|One) thing to fix/ })).toBeVisible()
})

test('a workspace that is missing or the whole disk is refused', async ({ page, dashboard }) => {
  await dashboard.mutate('manifests.writeStarter')
  await page.goto('/launch/shell')
  await isAlive(page)
  await page.getByRole('radio', { name: 'A copy of a folder' }).check()
  for (const [folder, message] of [
    ['/no/such/folder', /no\/such\/folder/],
    ['/', /whole|root|everything/i],
  ] as const) {
    await page.getByRole('textbox', { name: 'Folder to copy' }).fill(folder)
    await expect(page.getByRole('main').getByText(message).first()).toBeVisible()
    await expect(launchButton(page)).toBeDisabled()
  }
})

test('files that change after the review stop the launch and show the difference', async ({
  page,
  dashboard,
  complaints,
}) => {
  await dashboard.mutate('manifests.writeStarter')
  await page.goto('/launch/shell')
  await isAlive(page)
  const launch = launchButton(page)
  await expect(launch).toBeEnabled()
  await writeHome(
    dashboard,
    'bottles/shell.md',
    '---\nagent_provider: {template: shell}\nsupervise: false\nlimits: {memory: 1g}\n---\n',
  )
  await launch.click()
  await expect(page.getByText('Nothing was launched', { exact: true })).toBeVisible()
  await expect(page.getByText('limits.memory').first()).toBeVisible()
  expect(await madeFor(dashboard.home)).toEqual([])
  complaints.areMeant(/409|Conflict/)

  await expect(launch, 'the plan is shown as it is now and can be confirmed').toBeEnabled()
  await launch.click()
  await page.waitForURL(/\/bottles\/shell-/)
})

test('a plan that is unknown or of another digest is not launched', async ({ dashboard }) => {
  await dashboard.mutate('manifests.writeStarter')
  const { planId, digest } = await dashboard.mutate('plans.resolve', { agent: 'shell' })
  const unknown = '00000000-0000-4000-8000-000000000000' as typeof planId
  await expect(dashboard.mutate('bottles.launch', { planId: unknown, digest })).rejects.toThrow(/review/i)
  const other = digest.replace(/./g, '0') as typeof digest
  await expect(dashboard.mutate('bottles.launch', { planId, digest: other })).rejects.toThrow(/digest|changed|review/i)
  expect(await dashboard.query('bottles.list')).toEqual([])
})

test('the same label twice gives two bottles; one of 300 characters is cut or refused in plain words', async ({
  page,
  dashboard,
  complaints,
}) => {
  const first = await launchByProcedure(dashboard, { label: 'twins' })
  const second = await launchByProcedure(dashboard, { label: 'twins' })
  expect([first, second].map((slug) => slug.startsWith('twins'))).toEqual([true, true])
  expect(second).not.toBe(first)
  await Promise.all([first, second].map((slug) => untilState(dashboard, slug, 'running')))

  await page.goto('/launch/shell')
  await isAlive(page)
  await page.getByRole('textbox', { name: 'Label' }).fill('long '.repeat(60))
  await expect(
    page
      .getByRole('main')
      .getByText(/label/i)
      .and(page.getByText(/characters|too long/i))
      .first(),
  ).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing overflows').toBe(true)
  complaints.areMeant(/400/)
})

test('an image that cannot be built: the failing line is what the page shows first', async ({ page, dashboard }) => {
  await writeBuildingAgent(dashboard, 'broken', [
    `RUN seq -f 'all is well %g' 1 300`,
    `RUN echo 'compiler: cannot find the main entrance' >&2; exit 3`,
  ])
  const slug = await launchByProcedure(dashboard, { agent: 'broken', label: 'broken image' })
  await page.goto(`/bottles/${slug}`)
  await expect(page.getByRole('region', { name: 'Outcome' })).toContainText('The launch failed')
  await expect(page.getByText('compiler: cannot find the main entrance').first()).toBeInViewport()
  await expect(
    page
      .getByRole('alert')
      .filter({ hasText: /exit|code|3/ })
      .first(),
  ).toBeInViewport()
  expect(await madeFor(dashboard.home)).toEqual([])
})

test('a launch is cancelled at once, and nothing is left of it', async ({ page, dashboard }) => {
  await writeBuildingAgent(dashboard, 'endless', ['RUN while true; do echo still building; sleep 0.2; done'])
  const slug = await launchByProcedure(dashboard, { agent: 'endless', label: 'endless' })
  await page.goto(`/bottles/${slug}`)
  await expect(page.getByText('still building').first()).toBeVisible()
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel endless' }).click()
  await expect(page.getByRole('region', { name: 'Outcome' })).toContainText('The launch was cancelled')
  expect(await madeFor(dashboard.home)).toEqual([])
})

test('without an engine the page says so beforehand, and a launch fails with what to do', async ({ browser }) => {
  const dashboard = await Dashboard.start({ DOCKER_HOST: 'unix:///no/such/engine.sock' })
  try {
    await dashboard.mutate('manifests.writeStarter')
    const page = await browser.newPage()
    await page.goto(`${dashboard.url}/launch/shell`)
    await expect(
      page
        .getByText(/engine/i)
        .and(page.getByText(/not|cannot/i))
        .first(),
    ).toBeVisible()
    await page.goto(`${dashboard.url}/system`)
    await expect(page.getByText('/no/such/engine.sock').first()).toBeVisible()
    const slug = await launchByProcedure(dashboard, { label: 'no engine' })
    await page.goto(`${dashboard.url}/bottles/${slug}`)
    await expect(page.getByRole('region', { name: 'Outcome' })).toContainText('The launch failed')
    await page.close()
  } finally {
    await dashboard.end()
  }
})
