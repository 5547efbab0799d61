import { request } from 'node:http'
import { launchByProcedure, untilState } from './fixtures/launch.ts'
import { OtherSite } from './fixtures/other-site.ts'
import { expect, test } from './fixtures/test.ts'

// Names of this test's own: another site, and one whose name points at this machine (DNS rebinding).
test.use({
  launchOptions: async ({ launchOptions }, use) =>
    use({
      ...launchOptions,
      args: [...(launchOptions.args ?? []), '--host-resolver-rules=MAP *.test 127.0.0.1'],
    }),
})

test.describe('a page of another site', () => {
  test('can neither launch, nor stop, nor read a log, nor open a terminal', async ({ page, dashboard, complaints }) => {
    const slug = await launchByProcedure(dashboard, { label: 'victim' })
    await untilState(dashboard, slug, 'running')
    const { planId, digest } = await dashboard.mutate('plans.resolve', { agent: 'shell', label: 'stolen' })
    const site = await OtherSite.serve('<!doctype html><title>another site</title>')
    await page.goto(site.url)

    const seen = await page.evaluate(
      async ({ url, slug, planId, digest }) => {
        const ask = (path: string, init?: RequestInit) =>
          fetch(url + path, { credentials: 'include', ...init }).then(
            async (response) => ({ type: response.type, status: response.status, text: await response.text() }),
            (error) => ({ type: 'refused', status: 0, text: String(error) }),
          )
        const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
        const plain = { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' } } as const
        const launch = JSON.stringify({ planId, digest })
        const stop = JSON.stringify({ slug })
        const socket = (protocols: string[]) =>
          new Promise<string>((resolve) => {
            const ws = new WebSocket(`${url.replace('http', 'ws')}/api/bottles/${slug}/tty?session=agent`, protocols)
            ws.onopen = () => resolve('opened')
            ws.onerror = () => resolve('refused')
          })
        const stream = () =>
          new Promise<string>((resolve) => {
            const source = new EventSource(`${url}/api/bottles/${slug}/events`)
            const end = (word: string) => {
              source.close()
              resolve(word)
            }
            source.onopen = () => end('opened')
            source.onerror = () => end('refused')
          })
        return {
          launch: await ask('/api/trpc/bottles.launch', { ...json, body: launch }),
          launchBlindly: await ask('/api/trpc/bottles.launch', { ...plain, body: launch }),
          stop: await ask('/api/trpc/bottles.stop', { ...json, body: stop }),
          stopBlindly: await ask('/api/trpc/bottles.stop', { ...plain, body: stop }),
          list: await ask('/api/trpc/bottles.list'),
          log: await ask(`/api/bottles/${slug}/log.txt`),
          terminal: await socket(['bot-bottle.tty.v1']),
          terminalWithoutProtocol: await socket([]),
          stream: await stream(),
        }
      },
      { url: dashboard.url, slug, planId, digest },
    )
    site.close()
    complaints.areMeant(/./) // the browser says what it refused

    for (const name of ['launch', 'stop', 'list', 'log'] as const) {
      expect(seen[name], name).toMatchObject({ type: 'refused', status: 0 })
    }
    // Sent without asking first, as a form could: there is no answer to read, and below nothing has happened.
    for (const name of ['launchBlindly', 'stopBlindly'] as const) {
      expect(seen[name], name).toMatchObject({ status: 0 })
      expect(seen[name].text, name).not.toContain(slug)
    }
    expect([seen.terminal, seen.terminalWithoutProtocol, seen.stream]).toEqual(['refused', 'refused', 'refused'])

    const bottles = await dashboard.query('bottles.list')
    expect(bottles.map(({ slug, state }) => `${slug} ${state}`)).toEqual([`${slug} running`])
  })

  test('cannot show the dashboard in a frame, nor post a form into it', async ({ page, dashboard, complaints }) => {
    const site = await OtherSite.serve(
      `<!doctype html><title>clickjack</title>
       <iframe name="inner" src="${dashboard.url}/"></iframe>
       <form method="post" enctype="text/plain" target="inner" action="${dashboard.url}/api/trpc/manifests.writeStarter">
         <input name='{"a":"' value='"}'><button>win</button></form>`,
    )
    await page.goto(site.url)
    await page.waitForLoadState('networkidle')
    const frame = page.frame({ name: 'inner' })
    await expect(frame?.locator('body') ?? page.locator('nothing')).not.toContainText('Launch')
    await page.getByRole('button', { name: 'win' }).click()
    await page.waitForLoadState('networkidle')
    site.close()
    complaints.areMeant(/frame-ancestors|403|415/)

    const { agents } = await dashboard.query('manifests.list')
    expect(agents, 'the form wrote nothing').toEqual([])
  })
})

test('a name that somebody else made point here is not answered (DNS rebinding)', async ({
  page,
  dashboard,
  complaints,
}) => {
  const answer = await page.goto(`http://rebound.test:${dashboard.port}/`)
  expect(answer?.status()).toBe(421)
  const data = await page.evaluate(() => fetch('/api/trpc/bottles.list').then((response) => response.status))
  expect(data).toBe(421)
  const socket = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const ws = new WebSocket('/api/bottles/any/tty?session=agent', 'bot-bottle.tty.v1')
        ws.onopen = () => resolve('opened')
        ws.onerror = () => resolve('refused')
      }),
  )
  expect(socket).toBe('refused')
  complaints.areMeant(/421|WebSocket|Cross-Origin-Opener-Policy/)
})

test('the door says no in plain words, and what would be right', async ({ dashboard }) => {
  const ask = (headers: Record<string, string>, method = 'GET', path = '/api/trpc/bottles.list') =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const req = request({ port: dashboard.port, host: '127.0.0.1', path, method, headers }, (res) => {
        let body = ''
        res.on('data', (chunk) => {
          body += chunk
        })
        res.on('end', () => resolve({ status: res.statusCode ?? 0, body }))
      })
      req.on('error', reject)
      req.end(method === 'POST' ? '{}' : undefined)
    })
  const host = `localhost:${dashboard.port}`
  const json = { 'content-type': 'application/json' }
  const write = '/api/trpc/manifests.writeStarter'

  expect((await ask({ host })).status, 'curl may read').toBe(200)
  expect(await ask({ host: 'evil.test' })).toMatchObject({
    status: 421,
    body: expect.stringContaining('BOT_BOTTLE_ALLOWED_HOSTS'),
  })
  expect(await ask({ host, origin: 'http://evil.test' })).toMatchObject({ status: 403 })
  expect(await ask({ host, origin: 'null' })).toMatchObject({ status: 403 })
  expect(await ask({ host, 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 403 })
  expect(await ask({ host, ...json }, 'POST', write), 'no origin').toMatchObject({
    status: 403,
    body: expect.stringContaining('Origin'),
  })
  expect(await ask({ host, origin: `http://${host}`, 'content-type': 'text/plain' }, 'POST', write)).toMatchObject({
    status: 415,
  })
  expect(await ask({ host, origin: `http://${host}`, ...json }, 'GET', write), 'GET changes nothing').toMatchObject({
    status: 405,
  })
  expect((await ask({ host, origin: `http://${host}`, ...json }, 'POST', write)).status).toBe(200)
})

test('pages run no inline script, cannot be framed and are not sniffed', async ({ page, dashboard, complaints }) => {
  const answer = await page.goto(dashboard.url)
  const headers = answer?.headers() ?? {}
  const policy = headers['content-security-policy'] ?? ''
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).toMatch(/script-src [^;]*'nonce-/)
  expect(policy.match(/script-src [^;]*/)?.[0]).not.toContain('unsafe')
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
  expect(headers['access-control-allow-origin']).toBeUndefined()

  const ran = await page.evaluate(() => {
    const script = document.createElement('div')
    script.innerHTML = `<img src="x:" onerror="window.inline = true"><a href="javascript:window.inline = true">go</a>`
    document.body.append(script)
    script.querySelector('a')?.click()
    return new Promise((resolve) => setTimeout(() => resolve('inline' in window), 200))
  })
  expect(ran).toBe(false)
  complaints.areMeant(/Content Security Policy/)
})
