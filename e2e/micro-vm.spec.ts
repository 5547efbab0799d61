import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Curl } from './fixtures/curl.ts'
import { madeFor } from './fixtures/engine.ts'
import { untilState } from './fixtures/launch.ts'
import { isAlive, launchButton, launchInBrowser, reopen, stopInBrowser } from './fixtures/operator.ts'
import { picture } from './fixtures/picture.ts'
import { doubleAbsent, test } from './fixtures/smolvm.ts'
import { TerminalOnPage } from './fixtures/terminal.ts'
import { expect, test as plain, SERVER_AWAY } from './fixtures/test.ts'

const skipped = doubleAbsent === null ? '' : ` (skipped: ${doubleAbsent})`

test.describe(`with smolvm${skipped}`, () => {
  test.skip(doubleAbsent !== null, doubleAbsent ?? '')
  // Two launches, one of them with an image to copy: on a busy machine that takes its time.
  test.slow()

  test('the same agent in a container and in a micro-VM, which is reviewed, used, taken up after a crash and stopped', async ({
    page: first,
    dashboard,
    smolvm,
    complaints,
  }) => {
    let page = first
    await dashboard.mutate('manifests.writeStarter')
    await test.step('in a container first', async () => {
      const slug = await launchInBrowser(page, { agent: 'shell', label: 'boxed', isolation: 'Docker container' })
      await untilState(dashboard, slug, 'running')
      expect(await smolvm.machines()).toEqual([])
    })

    await test.step('the choice tells what each is worth here, and the plan what the machine is', async () => {
      await page.goto('/launch/shell')
      await isAlive(page)
      const choices = page.getByRole('group', { name: 'Isolation' })
      await expect(choices).toContainText(/Shares this machine’s kernel\. Starts in about [\d.]+ (ms|s|min) here/)
      await expect(choices).toContainText('A kernel of its own.')
      await expect(choices).not.toContainText('not installed')
      await page.getByRole('textbox', { name: 'Label' }).fill('of its own')
      await page.getByRole('radio', { name: 'Micro-VM' }).check()
      const boundary = page.getByRole('region', { name: 'Boundary' })
      await expect(boundary).toContainText('smolvm 1.9.3')
      await expect(boundary).toContainText('bot-bottle-of-its-own')
      await expect(boundary).toContainText(/192\.168\.\d+\.2\/32\s*its sidecar bundle, and nothing else/)
      for (const told of ['kernel of its own', 'Memory is given', 'end with this server', 'double of smolvm so far']) {
        await expect(boundary).toContainText(told)
      }
      expect(await smolvm.machines(), 'nothing is made yet').toEqual([])
      await picture(page, 'launch-micro-vm', { fullPage: true })
    })

    await test.step('the launch shows its steps', async () => {
      await launchButton(page).click()
      await page.waitForURL('**/bottles/of-its-own')
      const steps = page.getByRole('list', { name: 'Launch' }).locator('[data-step]')
      for (const step of ['artifact', 'machine', 'machine start', 'machine init']) {
        await expect(steps.and(page.locator(`[data-step="${step}"]`))).toBeVisible()
      }
    })

    let terminal = new TerminalOnPage(page)
    await test.step('the terminal answers and is told its size', async () => {
      await expect(terminal.pane).toHaveAttribute('data-shown', 'true', { timeout: 120_000 })
      await terminal.ready()
      await terminal.type('echo "the answer is $((6 * 7))"; id -un; pwd')
      await terminal.shows('the answer is 42')
      await terminal.shows('/home/node/workspace')
      await page.setViewportSize({ width: 900, height: 600 })
      await expect.poll(async () => (await terminal.size()).cols).toBeLessThan(120)
      const { cols, rows } = await terminal.size()
      await terminal.type('echo "size $(stty size)"')
      await terminal.shows(`size ${rows} ${cols}`)
      await page.setViewportSize({ width: 1440, height: 900 })
    })
    expect(await smolvm.machines()).toEqual(['bot-bottle-of-its-own'])

    await test.step('every check of its boundary holds, and what it is refused is shown', async () => {
      const answer = await (await Curl.in(terminal)).ask('http://elsewhere.test/a')
      expect(answer.status).toBe('403')
      await page.goto('/bottles/of-its-own/network')
      const boundary = page.getByRole('region', { name: 'Boundary' })
      await expect(boundary.locator('[data-check][data-result=green]')).not.toHaveCount(0)
      await expect(boundary.locator('[data-check][data-result=red]')).toHaveCount(0)
      await expect(boundary).toContainText(/(\d+)\/\1/)
      const refused = page.getByRole('log', { name: 'Requests' }).locator('[data-outcome=refused]')
      await expect(refused).toHaveCount(1)
      await picture(page, 'network-micro-vm')
      await expect(refused).toContainText(/elsewhere\.test.*\/a/)
    })

    await test.step('the overview tells the two apart', async () => {
      await page.goto('/')
      await expect(page.getByRole('listitem').filter({ hasText: 'boxed' })).toContainText('docker')
      await expect(page.getByRole('listitem').filter({ hasText: 'of its own' })).toContainText('microVM')
      await picture(page, 'overview-micro-vm')
    })

    await test.step('another page has its screen', async () => {
      await page.goto('/bottles/of-its-own')
      await terminal.ready()
      page = await reopen(page)
      terminal = new TerminalOnPage(page)
      await terminal.ready()
      await terminal.type('clear; kept=across-a-crash; echo before-$((40+2))-the-crash')
      await terminal.shows('before-42-the-crash')
      await page.reload()
      await terminal.ready()
      await terminal.shows('before-42-the-crash')
      expect(await terminal.text(), 'what was cleared stays so').not.toContain('the answer is 42')
    })

    await test.step('a server that was killed takes it up again', async () => {
      complaints.areMeant(SERVER_AWAY)
      await dashboard.stop('SIGKILL')
      await expect(terminal.pane).not.toHaveAttribute('data-phase', 'open')
      await dashboard.start()
      await terminal.ready()
      await terminal.shows('before-42-the-crash')
      await terminal.type('echo "the shell is the same: $kept"')
      await terminal.shows('the shell is the same: across-a-crash')
    })

    await test.step('stopped, nothing of it is left, and the other one goes on', async () => {
      expect(await smolvm.containersOf('bot-bottle-of-its-own'), 'the machine is there').toHaveLength(1)
      await stopInBrowser(page, 'of its own')
      expect(await smolvm.machines()).toEqual([])
      expect(await smolvm.containersOf('bot-bottle-of-its-own')).toEqual([])
      expect((await madeFor(dashboard.home)).filter((each) => each.includes('of-its-own'))).toEqual([])
      expect((await dashboard.query('bottles.get', { slug: 'boxed' })).state).toBe('running')
      await dashboard.mutate('bottles.stop', { slug: 'boxed' })
      expect(await madeFor(dashboard.home)).toEqual([])
    })
  })

  test.describe('whose machine does not start', () => {
    test.use({ knobs: { FAKE_SMOLVM_START_FAILS: '1' } })

    test('the launch says at which step it failed, and leaves nothing', async ({ page, dashboard, smolvm }) => {
      await dashboard.mutate('manifests.writeStarter')
      await launchInBrowser(page, { agent: 'shell', label: 'stuck', isolation: 'Micro-VM' })
      const outcome = page.getByRole('region', { name: 'Outcome' })
      await expect(outcome).toContainText('The launch failed at “machine start”', { timeout: 120_000 })
      await expect(page.locator('[data-step="machine start"]')).toHaveAttribute('data-state', 'failed')
      await picture(page, 'bottle-micro-vm-failed')
      expect(await smolvm.machines()).toEqual([])
      expect(await madeFor(dashboard.home)).toEqual([])
    })
  })

  test.describe('kept artifacts', () => {
    test.use({
      serverEnv: async ({ smolvm }, use) => use({ ...smolvm.env(), XDG_CACHE_HOME: smolvm.ownCache }),
    })

    test('are told with their size; older ones are leftovers that can be removed', async ({ page, smolvm }) => {
      const folder = path.join(smolvm.ownCache, 'bot-bottle/smolmachines')
      await mkdir(folder, { recursive: true })
      const older = path.join(folder, `${'a1'.repeat(8)}.tar`)
      await writeFile(older, Buffer.alloc(3_000_000))
      await utimes(older, 1_700_000_000, 1_700_000_000)
      await writeFile(path.join(folder, `${'b2'.repeat(8)}.tar`), Buffer.alloc(2_000_000))
      await page.goto('/system')
      await isAlive(page)
      await expect(page.locator('[data-check=smolvm-cache]')).toContainText('2 files, 5 MB')
      const leftovers = page.getByRole('region', { name: 'Leftovers' })
      const row = leftovers.getByRole('row').filter({ hasText: older })
      await expect(row).toContainText('artifact')
      await expect(row).toContainText('3 MB')
      await expect(leftovers).not.toContainText('b2b2')
      await picture(page, 'system-artifacts')
      // Only this one: what else is left over on this machine is not the test's.
      await leftovers.getByRole('checkbox', { name: 'All of them' }).uncheck()
      await leftovers.getByRole('checkbox', { name: older }).check()
      await leftovers.getByRole('button', { name: 'Clean 1', exact: true }).click()
      const question = page.getByRole('alertdialog')
      await question.getByRole('button', { name: 'Remove 1 leftover' }).click()
      await expect(question).toBeHidden()
      await expect(row).toHaveCount(0)
      expect(await readdir(folder)).toEqual([`${'b2'.repeat(8)}.tar`])
    })
  })

  test.describe('0.8.0, which enforces nothing', () => {
    test.use({ profile: '0.8.0' })

    test('cannot be launched on', async ({ page, dashboard }) => {
      await dashboard.mutate('manifests.writeStarter')
      await page.goto('/launch/shell')
      await isAlive(page)
      await page.getByRole('radio', { name: 'Micro-VM' }).check()
      const blockers = page.getByRole('main').getByRole('alert')
      await expect(blockers).toContainText('smolvm 0.8.0 records which addresses a machine may reach')
      await expect(blockers).toContainText('BOT_BOTTLE_UNENFORCED_SMOLVM=1')
      await expect(launchButton(page)).toBeDisabled()
      await picture(page, 'launch-micro-vm-unenforced', { fullPage: true })
      await page.goto('/system')
      await expect(page.locator('[data-check=smolvm]')).toContainText('0.8.0')
      await expect(page.locator('[data-check=smolvm-policy]')).toHaveAttribute('data-result', 'problem')
      await picture(page, 'system-smolvm-unenforced')
    })

    test.describe('and is allowed by the operator', () => {
      test.use({ knobs: { BOT_BOTTLE_UNENFORCED_SMOLVM: '1' } })

      test('can be launched on, with a warning', async ({ page, dashboard }) => {
        await dashboard.mutate('manifests.writeStarter')
        await page.goto('/launch/shell')
        await isAlive(page)
        await page.getByRole('radio', { name: 'Micro-VM' }).check()
        await expect(page.getByRole('region', { name: 'Good to know' })).toContainText('only if the boundary probe is')
        await expect(launchButton(page)).toBeEnabled()
        await picture(page, 'launch-micro-vm-allowed', { fullPage: true })
        await page.goto('/system')
        await expect(page.locator('[data-check=smolvm-policy]')).toHaveAttribute('data-result', 'warning')
      })
    })
  })

  test('the doctor tells what this smolvm can do', async ({ page }) => {
    await page.goto('/system')
    const row = (id: string) => page.getByRole('region', { name: 'Micro-VMs' }).locator(`[data-check=${id}]`)
    await expect(row('smolvm')).toContainText('1.9.3')
    await expect(row('smolvm')).toHaveAttribute('data-result', 'ok')
    await expect(row('smolvm-policy')).toContainText('proved by the boundary probe')
    await expect(row('smolvm-policy')).toHaveAttribute('data-result', 'ok')
  })

  test.describe('that was not seen to boot a machine', () => {
    // What booted is kept beside the artifacts.
    test.use({ serverEnv: async ({ smolvm }, use) => use({ ...smolvm.env(), XDG_CACHE_HOME: smolvm.ownCache }) })

    test('is tried from the system page, and what was seen stays', async ({ page, smolvm }) => {
      await page.goto('/system')
      await isAlive(page)
      const row = page.locator('[data-check=smolvm-boot]')
      await expect(row).not.toHaveAttribute('data-result', 'ok')
      await row.getByRole('button', { name: 'Try it' }).click()
      await expect(row).toHaveAttribute('data-result', 'ok', { timeout: 60_000 })
      await expect(row).toContainText('after it was started')
      await page.reload()
      await expect(row).toHaveAttribute('data-result', 'ok')
      expect(await smolvm.machines()).toEqual([])
    })
  })
})

plain.describe('without smolvm', () => {
  plain.use({ serverEnv: { BOT_BOTTLE_SMOLVM: '/no/such/place/smolvm' } })

  plain(
    'the choice says so, the plan tells what to do, and a container is a click away',
    async ({ page, dashboard }) => {
      await dashboard.mutate('manifests.writeStarter')
      await page.goto('/launch/shell')
      await isAlive(page)
      await expect(page.getByRole('radio', { name: 'Docker container' })).toBeChecked()
      await expect(page.getByRole('group', { name: 'Isolation' })).toContainText('Needs smolvm, which is not installed')
      const launch = launchButton(page)
      await expect(launch).toBeEnabled()
      await page.getByRole('radio', { name: 'Micro-VM' }).check()
      const blockers = page.getByRole('main').getByRole('alert')
      await expect(blockers).toContainText('A micro-VM needs the program smolvm')
      await expect(blockers).toContainText('Install smolvm 1.1.3 or newer, or choose the Docker container')
      await expect(launch).toBeDisabled()
      const { planId, digest } = await dashboard.mutate('plans.resolve', { agent: 'shell', backend: 'smolmachines' })
      await expect(dashboard.mutate('bottles.launch', { planId, digest })).rejects.toThrow(/smolvm/)
      expect(await madeFor(dashboard.home)).toEqual([])
      await picture(page, 'launch-micro-vm-missing', { fullPage: true })
      await page.getByRole('radio', { name: 'Docker container' }).check()
      await expect(launch).toBeEnabled()
      await expect(blockers).toHaveCount(0)

      await page.goto('/system')
      const row = page.locator('[data-check=smolvm]')
      await expect(row).toHaveAttribute('data-result', 'absent')
      await expect(row).toContainText('Install smolvm 1.1.3 or newer')
      await picture(page, 'system-smolvm-missing')
    },
  )
})
