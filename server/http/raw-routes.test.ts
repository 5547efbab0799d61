import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { BottleEvent, StoredEvent } from '../contract/events.ts'
import type { BottleSlug } from '../contract/ids.ts'
import type { BottleView, LogPage } from '../contract/views.ts'
import { ChangeFeed } from '../lib/change-feed.ts'
import { createLogger } from '../logger.ts'
import { Shares } from '../shares/shares.ts'
import { addBottle, output, scratchLog, slug } from '../testing/scratch-log.ts'
import { type BoardMessage, eventRoutes } from './event-routes.ts'
import { logRoutes } from './log-routes.ts'
import { createRouter } from './router.ts'
import { shareRoutes } from './share-routes.ts'

const demo = slug('demo')
const stopped: BottleEvent = { type: 'state', state: 'stopped', evidence: 'stopped by you' }

/** A real server with the raw routes over a scratch log. */
async function serving() {
  const scratch = await scratchLog()
  const { log, db, home } = scratch
  const feed = new ChangeFeed<string, BoardMessage>()
  const known = new Set(['demo', 'other'])
  const bottles = {
    has: (name: string) => known.has(name),
    get: (_slug: BottleSlug) => ({ agent: 'shell', label: 'Demo', state: 'running' as const, createdAt: 1 }),
    views: () => [{ slug: demo, agent: 'shell' }] as BottleView[],
    follow: (signal: AbortSignal) => feed.follow(signal),
  }
  const shares = new Shares(db)
  const logged: string[] = []
  const router = createRouter(
    [
      ...logRoutes({ log, bottles }),
      ...eventRoutes({ log, bottles }),
      ...shareRoutes({ log, shares, bottles, stateFolder: (name) => `${home}/state/${name}` }),
    ],
    createLogger('warn', (line) => logged.push(line)),
  )
  const server = createServer((req, res) => {
    if (!router(req, res)) res.writeHead(404).end('no route')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const share = async (more: Partial<Parameters<Shares['create']>[0]> = {}) => {
    const created = await shares.create({ slug: demo, kind: 'log', ...more })
    return { ...created, url: `${base}/api${created.path}` }
  }
  return {
    ...scratch,
    base,
    shares,
    share,
    feed,
    logged,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await scratch[Symbol.asyncDispose]()
    },
  }
}

interface Message {
  id?: string
  event?: string
  data?: string
}

/** A client of server-sent events, as a browser is one: reads until `enough`, or until the server ends the stream. */
async function events(url: string, enough: (messages: Message[]) => boolean, headers: Record<string, string> = {}) {
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get(url, { headers }, resolve).on('error', reject),
  )
  expect(response.statusCode).toBe(200)
  const messages: Message[] = []
  let text = ''
  response.setEncoding('utf8')
  for await (const chunk of response) {
    text += chunk
    const frames = text.split('\n\n')
    text = frames.pop()!
    for (const frame of frames) {
      const fields = frame.split('\n').filter((line) => !line.startsWith(':'))
      const message = Object.fromEntries(fields.map((line) => line.split(/: (.*)/s, 2))) as Message
      if (message.event) messages.push(message)
    }
    if (enough(messages)) break
  }
  response.destroy()
  return { headers: response.headers, messages }
}

const stored = (message: Message) => JSON.parse(message.data!) as StoredEvent
const isEnd = (messages: Message[]) => messages.at(-1)?.event === 'end'

test('a bottle’s events come by number and type, first the stored ones, then live ones, then the end', async () => {
  await using room = await serving()
  const { log, base } = room
  log.append(demo, { type: 'step-started', step: 'networks' })
  log.append(demo, output('one', 'two'))
  await log.flush()
  const reading = events(`${base}/api/bottles/demo/events`, (all) => {
    if (all.length === 2) log.append(demo, stopped)
    return isEnd(all)
  })
  const { headers, messages } = await reading
  expect(messages.map(({ id, event }) => [id, event])).toEqual([
    ['1', 'step-started'],
    ['2', 'output'],
    ['3', 'state'],
    [undefined, 'end'],
  ])
  expect(stored(messages[1]!)).toMatchObject({ seq: 2, firstLine: 1, lines: 2, event: { text: 'one\ntwo\n' } })
  expect(headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  })
})

test('a stream goes on after Last-Event-ID, which wins over ?after=, and after ?after= otherwise', async () => {
  await using room = await serving()
  const { log, base } = room
  for (let n = 1; n <= 9; n += 1) log.append(demo, { type: 'release-done', name: `${n}` })
  log.append(demo, stopped)
  await log.flush()
  const url = `${base}/api/bottles/demo/events`
  const ids = async (query: string, headers = {}) =>
    (await events(url + query, isEnd, headers)).messages.map(({ id }) => id)
  expect(await ids('?after=7')).toEqual(['8', '9', '10', undefined])
  expect(await ids('?after=7', { 'last-event-id': '9' })).toEqual(['10', undefined])
  expect(await ids('', { 'last-event-id': '10' })).toEqual([undefined])
})

test('a connection that is cut again and again loses and repeats no event', async () => {
  await using room = await serving()
  const { log, base } = room
  const writing = (async () => {
    for (let n = 1; n <= 400; n += 1) {
      log.append(demo, output(`line ${n}`))
      if (n % 20 === 0) await log.flush()
    }
    log.append(demo, stopped)
  })()
  const lines: string[] = []
  let last = '0'
  for (let ended = false; !ended; ) {
    let seen = 0
    const { messages } = await events(
      `${base}/api/bottles/demo/events`,
      (all) => {
        seen = all.length
        return all.length >= 30 || isEnd(all)
      },
      { 'last-event-id': last },
    )
    for (const message of messages.slice(0, seen)) {
      if (message.event === 'end') ended = true
      if (message.event === 'output') lines.push((stored(message).event as { text: string }).text)
      last = message.id ?? last
    }
  }
  await writing
  expect(lines).toEqual(Array.from({ length: 400 }, (_, n) => `line ${n + 1}\n`))
})

test('the stream of all bottles begins with what there is and goes on with each change', async () => {
  await using room = await serving()
  const { base, feed } = room
  const { messages } = await events(`${base}/api/events`, (all) => {
    if (all.length === 1) feed.publish('other', { kind: 'bottle', bottle: { slug: 'other' } as never })
    if (all.length === 2) feed.publish('other', { kind: 'bottle-removed', slug: slug('other') })
    return all.length === 3
  })
  expect(messages.map(({ event, data }) => [event, JSON.parse(data!)])).toEqual([
    ['bottle', { slug: 'demo', agent: 'shell' }],
    ['bottle', { slug: 'other' }],
    ['bottle-removed', { slug: 'other' }],
  ])
})

test('the plain log has no control sequence unless colours are asked for, and then only colours', async () => {
  await using room = await serving()
  const { log, base } = room
  log.append(demo, output('\x1b[31mred\x1b[0m \x1b]52;c;ZXZpbA==\x07plain', '\u202eabc'))
  log.append(demo, { type: 'dropped', lines: 7, why: 'The disk is full.', step: 'agent image' })
  log.append(demo, { ...output('other step'), step: 'provision' } as BottleEvent)
  await log.flush()
  const url = `${base}/api/bottles/demo/log.txt`
  const text = async (query: string) => (await fetch(url + query)).text()
  const lost = '[7 lines are missing here: The disk is full.]'
  expect(await text('')).toBe(`red plain\n\\u202eabc\n${lost}\nother step\n`)
  expect(await text('?ansi=keep&step=agent+image')).toBe(`\x1b[31mred\x1b[0m plain\x1b[0m\n\\u202eabc\n${lost}\n`)
  expect(await text('?timestamps=1&step=provision')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z other step\n$/)
})

test('the plain log is text that no browser takes for a page, and a file when asked for one', async () => {
  await using room = await serving()
  room.log.append(demo, output('<script>alert(1)</script>'))
  const shown = await fetch(`${room.base}/api/bottles/demo/log.txt`)
  expect(shown.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(shown.headers.get('x-content-type-options')).toBe('nosniff')
  expect(shown.headers.get('content-disposition')).toBeNull()
  expect(await shown.text()).toBe('<script>alert(1)</script>\n')
  const file = await fetch(`${room.base}/api/bottles/demo/log.txt?download=1`)
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="demo.log.txt"')
})

test('a log of 60,000 lines arrives whole', async () => {
  await using room = await serving()
  const { log, base } = room
  for (let n = 0; n < 60_000; n += 200)
    log.append(demo, output(...Array.from({ length: 200 }, (_, i) => `line ${n + i + 1}`)))
  const lines = (await (await fetch(`${base}/api/bottles/demo/log.txt`)).text()).split('\n')
  expect([lines.length, lines[0], lines[59_999]]).toEqual([60_001, 'line 1', 'line 60000'])
})

test.for([
  ['log.txt?ansi=no', 'must be keep or strip'],
  ['log.txt?timestamps=yes', 'must be 0 or 1'],
  ['log.txt?step=nothing', 'must be one of: earlier run, base image, '],
  ['events?after=-1', 'must be a whole number from 0'],
  ['events?after=1e3', 'must be a whole number from 0'],
])('a wrong value in %s is refused with what is allowed', async ([path, told]) => {
  await using room = await serving()
  const response = await fetch(`${room.base}/api/bottles/demo/${path}`)
  expect(response.status).toBe(400)
  expect(((await response.json()) as { error: { message: string } }).error.message).toContain(told)
})

test('a wrong Last-Event-ID is refused, and an unknown bottle is not found', async () => {
  await using room = await serving()
  const wrong = await fetch(`${room.base}/api/bottles/demo/events`, { headers: { 'last-event-id': 'x' } })
  expect(wrong.status).toBe(400)
  for (const path of ['absent/events', 'absent/log.txt', 'UPPER/log.txt', '..%2f..%2fetc/log.txt', '%3Cb%3E/log.txt']) {
    const response = await fetch(`${room.base}/api/bottles/${path}`)
    expect(response.status).toBe(404)
    expect(await response.text()).not.toMatch(/<b>|etc/)
  }
})

test('a shared log shows the log, and nothing that the link is not for', async () => {
  await using room = await serving()
  const { log, share } = room
  log.append(demo, output('one', 'two', 'three'))
  log.append(demo, stopped)
  await log.flush()
  const { url, expiresAt } = await share()
  expect(await (await fetch(`${url}/view`)).json()).toEqual({
    ...{ kind: 'log', agent: 'shell', label: 'Demo', slug: 'demo', state: 'running', createdAt: 1, expiresAt },
    ...{ fromLine: null, toLine: null },
  })
  expect(await (await fetch(`${url}/log.txt`)).text()).toBe('one\ntwo\nthree\n')
  expect(((await (await fetch(`${url}/page?from=2&count=1`)).json()) as LogPage).lines).toMatchObject([
    { n: 2, text: 'two' },
  ])
  expect(await (await fetch(`${url}/search?query=T`)).json()).toEqual({ total: 2, lines: [2, 3] })
  expect(((await (await fetch(`${url}/outline`)).json()) as LogPage).total).toBe(3)
  expect((await events(`${url}/events`, isEnd)).messages.map(({ event }) => event)).toEqual(['output', 'state', 'end'])
  expect((await fetch(`${url}/terminal.cast`)).status).toBe(404)
  expect((await fetch(`${url}/page?count=2001`)).status).toBe(400)
})

test('a share of a range never shows a line outside it, on no route', async () => {
  await using room = await serving()
  const { log, share } = room
  log.append(demo, { type: 'state', state: 'launching', evidence: 'launch' })
  log.append(demo, output('hidden 1', 'hidden 2', 'shown 3'))
  log.append(demo, { type: 'release-failed', name: 'shown mark', message: '', hint: '' })
  log.append(demo, output('shown 4', 'hidden 5'))
  log.append(demo, { type: 'release-failed', name: 'hidden mark', message: '', hint: '' })
  log.append(demo, output('hidden 6'))
  await log.flush()
  const { url } = await share({ fromLine: 3, toLine: 4 })
  const stream = await events(`${url}/events`, isEnd)
  const texts = [
    await (await fetch(`${url}/log.txt`)).text(),
    await (await fetch(`${url}/page?from=1&count=100`)).text(),
    await (await fetch(`${url}/page?from=6`)).text(),
    await (await fetch(`${url}/outline`)).text(),
    await (await fetch(`${url}/search?query=hidden`)).text(),
    JSON.stringify(stream.messages),
  ]
  for (const text of texts) expect(text).not.toContain('hidden')
  expect(texts[0]).toBe('shown 3\nshown 4\n')
  expect(texts[1]).toContain('shown mark')
  expect(stream.messages.filter(({ event }) => event === 'output').map((message) => stored(message).firstLine)).toEqual(
    [3, 4],
  )
})

test('unknown, ended and revoked links are answered alike, on every route', async () => {
  await using room = await serving()
  const { base, share, shares, db } = room
  const revoked = await share()
  await shares.revoke(revoked.id)
  const ended = await share()
  await db.share.update({ where: { id: ended.id }, data: { expiresAt: 1n } })
  const unknown = `${base}/api/share/${'x'.repeat(43)}`
  for (const end of ['view', 'page', 'outline', 'search?query=x', 'log.txt', 'events', 'terminal.cast']) {
    const answers = await Promise.all(
      [revoked.url, ended.url, unknown].map(async (url) => {
        const response = await fetch(`${url}/${end}`)
        return [response.status, await response.text()]
      }),
    )
    expect(answers[0]![0]).toBe(404)
    expect(new Set(answers.map(String)).size).toBe(1)
  }
})

test('a stream that is being read ends when its share is revoked', async () => {
  await using room = await serving()
  const { log, share, shares } = room
  log.append(demo, output('live'))
  const { url, id } = await share()
  const { messages } = await events(`${url}/events`, (all) => {
    if (all.length === 1) void shares.revoke(id)
    return isEnd(all)
  })
  expect(messages.map(({ event }) => event)).toEqual(['output', 'end'])
  expect((await fetch(`${url}/events`)).status).toBe(404)
})

test('a shared terminal is its recording and nothing of the log', async () => {
  await using room = await serving()
  const { home, share } = room
  const { url } = await share({ kind: 'terminal' })
  expect((await fetch(`${url}/terminal.cast`)).status).toBe(404)
  mkdirSync(`${home}/state/demo`, { recursive: true })
  const cast = `{"version":2,"width":80,"height":24}\n${'[0.1,"o","hi"]\n'.repeat(50_000)}`
  writeFileSync(`${home}/state/demo/terminal.cast`, cast)
  const response = await fetch(`${url}/terminal.cast`)
  expect(response.headers.get('content-type')).toBe('application/x-asciicast')
  expect((await response.text()) === cast).toBe(true)
  for (const end of ['log.txt', 'page', 'outline', 'search?query=x', 'events'])
    expect((await fetch(`${url}/${end}`)).status).toBe(404)
})

test('a quiet stream carries a comment every 15 seconds, and only its head is sent to whoever asks for the head', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  await using room = await serving()
  const url = `${room.base}/api/bottles/demo/events`
  const response = await new Promise<IncomingMessage>((resolve) => get(url, resolve))
  const chunks = response.setEncoding('utf8')[Symbol.asyncIterator]()
  expect((await chunks.next()).value).toBe('retry: 1000\n\n')
  for (let beat = 0; beat < 3; beat += 1) {
    vi.advanceTimersByTime(15_000)
    expect((await chunks.next()).value).toBe(':\n\n')
  }
  response.destroy()
  expect((await fetch(url, { method: 'HEAD' })).headers.get('content-type')).toContain('text/event-stream')
})

test('a client that stops reading holds up nobody, and leaves nothing behind when it goes', async () => {
  await using room = await serving()
  const { log, base, db, logged } = room
  await addBottle(db, 'other')
  const idle = await new Promise<IncomingMessage>((resolve) => get(`${base}/api/bottles/demo/events`, resolve))
  idle.pause()
  for (let n = 0; n < 200; n += 1) {
    log.append(demo, output(...Array.from({ length: 200 }, () => 'x'.repeat(500))))
    if (n % 20 === 0) await log.flush()
  }
  log.append(slug('other'), stopped)
  await log.flush()
  expect((await events(`${base}/api/bottles/other/events`, isEnd)).messages.map(({ event }) => event)).toEqual([
    'state',
    'end',
  ])
  idle.destroy()
  expect(logged).toEqual([])
})
