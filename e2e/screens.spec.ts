import { randomBytes } from 'node:crypto'
import { test } from './fixtures/beyond.ts'
import { engine } from './fixtures/engine.ts'
import { launchByProcedure, untilState, writeBuildingAgent, writeHome } from './fixtures/launch.ts'
import { curlIn, noise, plain } from './fixtures/noise.ts'
import { withOneMoreNetwork } from './fixtures/one-more-network.ts'
import { isAlive, launchButton } from './fixtures/operator.ts'
import { picture } from './fixtures/picture.ts'
import { TerminalOnPage } from './fixtures/terminal.ts'
import { expect } from './fixtures/test.ts'

test('before anything is there: empty home, no such page, no such bottle', async ({ page, dashboard, complaints }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Nothing is running' })).toBeVisible()
  await picture(page, 'overview-empty')
  await page.goto('/launch')
  await expect(page.getByRole('button', { name: 'Write the starter set' })).toBeVisible()
  await picture(page, 'launch-empty')
  await page.goto('/manifests')
  await expect(page.getByRole('main').first()).toBeVisible()
  await picture(page, 'manifests-empty')
  await page.goto('/system')
  await expect(page.getByText('Docker', { exact: false }).first()).toBeVisible()
  await picture(page, 'system')

  for (const [name, place] of [
    ['not-found', '/no/such/page'],
    ['bottle-not-found', '/bottles/no-such-bottle'],
    ['share-not-found', '/share/no-such-token-anywhere-at-all'],
  ] as const) {
    expect((await page.goto(dashboard.url + place))?.status(), place).toBe(404)
    await picture(page, name)
  }
  complaints.areMeant(/404/)
})

test('choosing and reviewing: agents, the plan, blockers, broken files', async ({ page, dashboard }) => {
  await dashboard.mutate('manifests.writeStarter')
  await page.goto('/')
  await picture(page, 'overview-no-bottles')
  await writeHome(dashboard, 'agents/typo.md', '---\nbotle: shell\n---\n')
  await writeHome(
    dashboard,
    'bottles/everything.md',
    `---
agent_provider: {template: shell}
env: {LITERAL: plain text, FROM_HOST: "\${NO_SUCH_VARIABLE_HERE}", ASKED: "?The key of the staging server"}
git-gate:
  user: {name: Ada Lovelace, email: ada@example.com}
  repos:
    app: {url: "git@git.example.com:team/app.git", key: {provider: static, path: /no/such/key}}
egress:
  routes:
    - host: api.example.com
      auth: {scheme: Bearer, token_ref: NO_SUCH_TOKEN_HERE}
      matches: [{paths: [{type: prefix, value: /v1/}], methods: [GET, POST]}]
    - host: ${'very-long-label.'.repeat(12)}example.com
---
`,
  )
  await writeHome(
    dashboard,
    'agents/everything.md',
    '---\nbottle: everything\ndescription: Uses every key there is\n---\nBe careful.\n',
  )
  await page.goto('/launch')
  await expect(page.getByRole('navigation', { name: 'Agents' })).toBeVisible()
  await picture(page, 'launch-agents')
  await page.goto('/launch/shell')
  await expect(launchButton(page)).toBeEnabled()
  await picture(page, 'launch-shell')
  await page.goto('/launch/everything')
  await expect(page.getByText('NO_SUCH_VARIABLE_HERE').first()).toBeVisible()
  await picture(page, 'launch-blocked')
  await page.goto('/launch/typo')
  await picture(page, 'launch-broken')
  await page.goto('/manifests')
  await expect(page.getByText('typo').first()).toBeVisible()
  await picture(page, 'manifests')
})

test('a bottle in every state, its log, its plan, a shared log', async ({ page, dashboard }) => {
  test.slow()
  await writeBuildingAgent(dashboard, 'endless', [
    `RUN for i in $(seq 1 200); do printf '\\033[32mok\\033[0m compiled module %s\\n' $i; done; while true; do sleep 1; done`,
  ])
  const launching = await launchByProcedure(dashboard, { agent: 'endless', label: 'still building' })
  await page.goto(`/bottles/${launching}`)
  await expect(page.getByText('compiled module 200').first()).toBeVisible()
  await picture(page, 'bottle-launching')

  await writeBuildingAgent(dashboard, 'broken', [`RUN seq 1 40; echo 'error: no such thing' >&2; exit 3`])
  const broken = await launchByProcedure(dashboard, { agent: 'broken', label: 'a launch that failed' })
  await untilState(dashboard, broken, 'failed').catch(() => {})
  await page.goto(`/bottles/${broken}`)
  await expect(page.getByRole('region', { name: 'Outcome' })).toBeVisible()
  await picture(page, 'bottle-failed')

  const running = await launchByProcedure(dashboard, { label: 'web shop: fix the login' })
  await untilState(dashboard, running, 'running')
  await page.goto(`/bottles/${running}`)
  const terminal = new TerminalOnPage(page)
  await terminal.ready()
  await terminal.type(
    'ls --color=always / | head -8; git --version; printf "\\e[1;33mwarning\\e[0m \\e[34mblue\\e[0m\\n"',
  )
  await terminal.shows('git version')
  await picture(page, 'bottle-terminal')
  await page.goto(`/bottles/${running}/logs`)
  await expect(page.locator('[data-line]').first()).toBeVisible()
  await picture(page, 'bottle-log')
  await page.goto(`/bottles/${running}/plan`)
  await expect(page.getByRole('heading', { name: 'May reach' })).toBeVisible()
  await picture(page, 'bottle-plan')
  await page.goto(`/bottles/${running}?share=log`)
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.getByRole('button', { name: 'Create link' }).click()
  await expect(page.getByRole('textbox', { name: 'Link' })).toBeVisible()
  await picture(page, 'bottle-share')
  const { path } = await dashboard.mutate('shares.create', { slug: broken, kind: 'log', expiresInHours: 1 })
  await page.goto(path)
  await expect(page.locator('[data-line]').first()).toBeVisible()
  await picture(page, 'shared-log')

  const ended = await launchByProcedure(dashboard, { label: 'done' })
  await untilState(dashboard, ended, 'running')
  await dashboard.mutate('bottles.stop', { slug: ended })
  await page.goto(`/bottles/${ended}`)
  await expect(page.getByRole('region', { name: 'Outcome' })).toContainText('Stopped')
  await picture(page, 'bottle-stopped')
  await page.goto('/')
  await expect(page.getByRole('listitem')).not.toHaveCount(0)
  await picture(page, 'overview')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog')).toBeVisible()
  await picture(page, 'palette')
  await page.goto('/system')
  await picture(page, 'system-with-bottles')
})

test('the network tab: nothing, one request, every kind, hundreds, hosts, allowing one, after the end', async ({
  page,
  dashboard,
  beyond,
}) => {
  test.slow()
  await beyond.writeAgent(dashboard)
  const slug = await launchByProcedure(dashboard, { agent: 'net', label: 'asks a lot' })
  await untilState(dashboard, slug, 'running')
  await beyond.trustedBy(dashboard, slug)
  const rows = page.getByRole('log', { name: 'Requests' }).locator('[data-outcome]')
  await page.goto(`/bottles/${slug}/network`)
  await isAlive(page)
  await expect(page.getByText('No request so far.')).toBeVisible()
  await picture(page, 'network-empty')
  await noise(slug, [plain('elsewhere.test', '/a/page')])
  await expect(rows).toHaveCount(1)
  await picture(page, 'network-one')

  const origin = `https://origin.test:${beyond.port}`
  const token = `ghp_${randomBytes(18).toString('hex')}`
  await curlIn(slug, `${origin}/hello; curl -s ${origin}/; curl -s -d key=${token} ${origin}/in/box`)
  await noise(slug, [
    'this is no HTTP\r\n\r\n',
    `CONNECT ${'a-long-label-of-a-host.'.repeat(13)}test:443 HTTP/1.1\r\nHost: x\r\n\r\n`,
    plain('\u0645\u062b\u0627\u0644.test', '/\u0645\u0631\u062d\u0628\u0627/\u202egpj.exe'),
    plain('elsewhere.test', `/${encodeURI('\u0645\u0631\u062d\u0628\u0627')}${'/deep'.repeat(80)}`, 'DELETE'),
  ])
  await expect(page.locator('[data-outcome=redacted]')).toHaveCount(1)
  await expect(rows.filter({ hasText: 'a-long-label' })).toHaveCount(1)
  await picture(page, 'network-every-kind')
  await rows.filter({ hasText: 'DELETE' }).first().click()
  await picture(page, 'network-details')
  await rows.filter({ hasText: 'DELETE' }).first().click()
  await page.getByRole('button', { name: 'Allow GET elsewhere.test…' }).click()
  await page.getByRole('checkbox', { name: 'Also write to the manifest' }).click()
  await expect(page.getByRole('dialog').getByRole('figure')).toHaveCount(2)
  await picture(page, 'network-allow')
  await page.keyboard.press('Escape')

  await noise(
    slug,
    Array.from({ length: 500 }, (_, n) => plain(`host-${n % 30}.test`, `/path/${n}`)),
  )
  await expect
    .poll(async () => (await dashboard.query('network.summary', { slug })).requests, { timeout: 60_000 })
    .toBeGreaterThan(500)
  await page.reload()
  await expect(rows).not.toHaveCount(0)
  await picture(page, 'network-many')
  await page.getByRole('tab', { name: /^Hosts/ }).click()
  await picture(page, 'network-hosts')

  await engine.getContainer(`bot-bottle-${slug}`).kill()
  await untilState(dashboard, slug, 'exited')
  await page.goto(`/bottles/${slug}/network`)
  await expect(rows).not.toHaveCount(0)
  await expect(page.getByText(/req\/min|CPU/)).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^Allow / })).toHaveCount(0)
  await picture(page, 'network-ended')
})

test('routes as they are, wrong and changed; egress frozen; a boundary that does not hold', async ({
  page,
  dashboard,
  beyond,
}) => {
  test.slow()
  await beyond.writeAgent(dashboard)
  const slug = await launchByProcedure(dashboard, { agent: 'net', label: 'routes' })
  await untilState(dashboard, slug, 'running')
  await page.goto(`/bottles/${slug}/network?view=routes`)
  await isAlive(page)
  const field = page.getByRole('textbox', { name: 'Routes, as YAML' })
  const text = await field.inputValue()
  await picture(page, 'network-routes')
  await field.fill(text.replace('host: origin.test', 'hots: origin.test'))
  await expect(page.getByRole('region', { name: 'Edit the routes' }).getByRole('alert')).toBeVisible()
  await picture(page, 'network-routes-wrong')
  await field.fill(`${text.replace('[POST]', '[PUT]')}- host: ${'long-label.'.repeat(12)}example.com\n`)
  await page.getByRole('checkbox', { name: 'Also write to the manifest' }).click()
  await expect(page.getByRole('figure')).toHaveCount(2)
  await picture(page, 'network-routes-changed')

  await dashboard.mutate('routes.freeze', { slug: null, frozen: true })
  await page.goto(`/bottles/${slug}/network`)
  await expect(page.getByText('Egress is closed.')).toBeVisible()
  await picture(page, 'network-frozen')
  await page.goto('/')
  await page.getByRole('button', { name: /^All closed/ }).click()
  await expect(page.getByRole('alertdialog')).toBeVisible()
  await picture(page, 'open-egress-of-all')
  await dashboard.mutate('routes.freeze', { slug: null, frozen: false })

  await withOneMoreNetwork(slug, async () => {
    expect((await dashboard.mutate('network.probe', { slug })).verdict).toBe('red')
    await page.goto(`/bottles/${slug}/network`)
    await expect(page.getByText('Egress closed: the boundary does not hold at “only way out”')).toBeVisible()
    await picture(page, 'boundary-red')
    await page.locator('[data-check="only way out"]').click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await picture(page, 'boundary-red-check')
    await page.goto('/')
    await picture(page, 'overview-boundary-red')
  })
})
