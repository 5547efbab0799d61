import type { WebSocketRoute } from '@playwright/test'
import { engine } from './fixtures/engine.ts'
import { launchByProcedure, untilState } from './fixtures/launch.ts'
import { isAlive } from './fixtures/operator.ts'
import { TerminalOnPage } from './fixtures/terminal.ts'
import { expect, SERVER_AWAY, test } from './fixtures/test.ts'

test.beforeEach(async ({ page, dashboard }) => {
  const slug = await launchByProcedure(dashboard, { label: 'tty' })
  await untilState(dashboard, slug, 'running')
  await page.goto('/bottles/tty')
})

test('one page writes, any number view, and a viewer can take control', async ({ page, context }) => {
  const writer = new TerminalOnPage(page)
  await writer.ready()
  const second = await context.newPage()
  await second.goto('/bottles/tty')
  const viewer = new TerminalOnPage(second)
  await viewer.ready()
  await expect(second.getByText('Viewing · another page types here')).toBeVisible()

  await writer.type('echo from the writer')
  await viewer.shows('\nfrom the writer')
  await viewer.type('echo from the viewer')
  await expect(second.getByText('What you type goes nowhere.'), 'and is told so').toBeVisible()
  expect(await writer.text(), 'a viewer types into nothing').not.toContain('from the viewer')

  await second.getByRole('button', { name: 'Take control' }).click()
  await expect(page.getByText('Viewing · another page types here')).toBeVisible()
  await expect(second.getByText('What you type goes nowhere.')).toBeHidden()
  await viewer.type('echo "now I am the writer"')
  await writer.shows('\nnow I am the writer')
})

test('the page that types keeps its place through a reload and a connection that nobody closed', async ({
  page,
  context,
}) => {
  // As when a machine falls asleep: the page loses its socket, and the server hears nothing of it.
  const sockets: WebSocketRoute[] = []
  await page.routeWebSocket(/\/tty\?/, (socket) => {
    socket.connectToServer()
    socket.onClose(() => {})
    sockets.push(socket)
  })
  await page.reload()
  const writer = new TerminalOnPage(page)
  await writer.ready()
  const second = await context.newPage()
  await second.goto('/bottles/tty')
  const viewer = new TerminalOnPage(second)
  await viewer.ready()
  await expect(second.getByText('Viewing · another page types here')).toBeVisible()

  await sockets.at(-1)!.close()
  await expect.poll(() => sockets.length).toBe(2)
  await writer.ready()
  await writer.type('echo typed after the drop')
  await viewer.shows('\ntyped after the drop')
  await page.reload()
  await writer.ready()
  await writer.type('echo typed after the reload')
  await viewer.shows('\ntyped after the reload')
  await expect(second.getByText('Viewing · another page types here')).toBeVisible()
})

test('a program that was quiet for longer than a page may owe an answer is heard and typed to', async ({ page }) => {
  const terminal = new TerminalOnPage(page)
  await terminal.ready()
  // The server lets go of a page that draws nothing for 30 s, and looks every 10 s (server/terminal/).
  await terminal.type('sleep 45; echo "after the quiet"')
  await terminal.shows('\nafter the quiet', 90_000)
  await terminal.type('echo "and typed to"')
  await terminal.shows('\nand typed to')
})

test('the size belongs to the writer, and the program is told of it', async ({ page }) => {
  const terminal = new TerminalOnPage(page)
  await terminal.ready()
  await page.setViewportSize({ width: 900, height: 600 })
  await expect.poll(async () => (await terminal.size()).cols).toBeLessThan(120)
  const { cols, rows } = await terminal.size()
  await terminal.type('echo "size $(stty size)"')
  await terminal.shows(`size ${rows} ${cols}`)
})

test('an interrupt reaches the program in the middle of a flood, and nothing is lost before it', async ({ page }) => {
  const terminal = new TerminalOnPage(page)
  await terminal.ready()
  await terminal.type('seq 1 200000 | tail -n 100000')
  await terminal.shows('\n199999\n200000\n')
  await terminal.type('yes flood')
  await terminal.shows('flood\nflood')
  await page.keyboard.press('Control+c')
  await terminal.type('echo "after the flood"')
  await terminal.shows('\nafter the flood')
})

test('a connection that drops leaves the content, says why, and comes back', async ({
  page,
  dashboard,
  complaints,
}) => {
  const terminal = new TerminalOnPage(page)
  await terminal.ready()
  await terminal.type('echo stays on the screen')
  await terminal.shows('\nstays on the screen')
  await dashboard.stop()
  await expect(page.getByText(/reconnecting/i).first()).toBeVisible()
  expect(await terminal.text()).toContain('\nstays on the screen')
  await dashboard.start()
  await terminal.ready()
  await terminal.shows('\nstays on the screen')
  complaints.areMeant(SERVER_AWAY)
})

test('a part of the page that did not load the first time is loaded again', async ({ page, complaints }) => {
  await page.goto('/bottles/tty/logs')
  await isAlive(page)
  const dropped = new Set<string>()
  await page.route('**/_next/static/chunks/**', async (route) => {
    const url = route.request().url()
    const answer = await route.fetch()
    if (dropped.has(url) || !(await answer.text()).includes('xterm-helper-textarea'))
      return route.fulfill({ response: answer })
    dropped.add(url)
    return route.abort('connectionreset')
  })
  await page.getByRole('navigation', { name: 'Views of the bottle' }).getByRole('link', { name: 'Terminal' }).click()
  const terminal = new TerminalOnPage(page)
  await terminal.ready()
  expect(dropped.size, 'what draws terminals was dropped once').toBe(1)
  complaints.areMeant(/ERR_CONNECTION_RESET|Failed to load|ChunkLoadError/)
})

test('a full-screen program is there again after a reload', async ({ page }) => {
  const terminal = new TerminalOnPage(page)
  await terminal.ready()
  await terminal.type('seq 1 500 > numbers; less numbers')
  await terminal.shows(/(^|\n)1\n2\n3\n/)
  await page.keyboard.press('Space')
  await terminal.shows(/\n40\n41\n/)
  await page.reload()
  await terminal.ready()
  await terminal.shows(/\n40\n41\n/)
  expect(await terminal.text()).not.toMatch(/(^|\n)1\n2\n3\n/)
  await terminal.pane.locator('.xterm').click()
  await page.keyboard.press('q')
  await terminal.type('echo out of less')
  await terminal.shows('\nout of less')
})

test('a shell beside the agent is another program in the same bottle, and ends by itself', async ({ page }) => {
  const agent = new TerminalOnPage(page)
  await agent.ready()
  await agent.type('echo made by the agent > note')
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Open a shell beside the agent' }).click()
  await expect(page.getByRole('tab', { name: 'Shell 1' })).toHaveAttribute('aria-selected', 'true')
  const shell = new TerminalOnPage(page)
  await shell.ready()
  await shell.type('cat ~/workspace/note')
  await shell.shows('\nmade by the agent')
  await shell.type('exit 3')
  await expect(page.getByText('The shell ended · exit code 3')).toBeVisible()
  await page.getByRole('tab', { name: 'Agent' }).click()
  await agent.ready()
  await agent.shows('echo made by the agent')
})

test('the agent’s end is shown with its exit code', async ({ page }) => {
  const terminal = new TerminalOnPage(page)
  await terminal.ready()
  await terminal.type('exit 7')
  await expect(page.getByRole('region', { name: 'Outcome' })).toContainText('The agent ended with exit code 7')
})

test('a container killed from outside is noticed and told truthfully', async ({ page }) => {
  const terminal = new TerminalOnPage(page)
  await terminal.ready()
  await engine.getContainer('bot-bottle-tty').kill()
  await expect(page.getByRole('region', { name: 'Outcome' })).toContainText('137')
})
