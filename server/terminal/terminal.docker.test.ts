import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { docker } from '../backends/docker/index.ts'
import { engineAbsent, TestHome, testRun } from '../backends/docker/testing/test-home.ts'
import type { BottleSlug } from '../contract/ids.ts'
import { TTY_CLOSE } from '../contract/tty.ts'
import { TerminalPage } from '../testing/terminal-page.ts'

const absent = await engineAbsent()
const SERVER = path.resolve(import.meta.dirname, '../testing/terminal-server.ts')

/** A server in a process of its own. */
class Server {
  private constructor(
    readonly process: ChildProcess,
    readonly port: number,
  ) {}

  static async start(home: string, slug: string, stateFolder: string): Promise<Server> {
    const child = spawn(process.execPath, ['--import', 'tsx', SERVER, home, slug, stateFolder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [port] = (await once(createInterface(child.stdout), 'line')) as [string]
    return new Server(child, Number(port))
  }

  async get(address: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.port}${address}`)).text()
  }

  async facts(): Promise<{ rss: number; longestTurnMs: number; lastLine: string; title: string; shells: unknown[] }> {
    return JSON.parse(await this.get('/'))
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    const gone = once(this.process, 'exit')
    this.process.kill(signal)
    await gone
  }
}

describe.skipIf(absent)(`terminals on a real engine${absent ? ` (skipped: ${absent})` : ''}`, () => {
  let home: TestHome
  let slug: BottleSlug
  let folder: string
  let server: Server

  const exec = async (script: string): Promise<string> => {
    const running = await home.tools.docker.exec(`bot-bottle-${slug}`, { command: ['sh', '-c', script], tty: true })
    const chunks: Buffer[] = []
    running.stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(running.stream, 'close')
    return Buffer.concat(chunks).toString('utf8').trim()
  }
  const restart = async (signal: NodeJS.Signals) => {
    await server.kill(signal)
    server = await Server.start(home.home, slug, folder)
  }
  const stable = async (read: () => Promise<string>): Promise<string> => {
    for (let last = await read(); ; ) {
      await new Promise((resolve) => setTimeout(resolve, 400))
      const now = await read()
      if (now === last) return now
      last = now
    }
  }
  /** Ends whatever runs and begins with an empty screen. */
  const fresh = async (): Promise<TerminalPage> => {
    const page = await TerminalPage.open(server.port)
    page.resizes(100, 30)
    // Out of less, an editor or a command, whatever the test before left.
    for (const keys of ['\x1b:q!\r', 'q', '\x03']) {
      page.types(keys)
      await stable(async () => page.picture())
    }
    page.types("PS1='$ '; clear\r")
    await page.until(() => page.screen().filter(Boolean).join() === '$', 'an empty screen')
    return page
  }

  beforeAll(async () => {
    home = await TestHome.create()
    const plan = await home.plan()
    slug = plan.slug
    folder = path.join(home.home, 'state', slug)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const backend = docker({ root: home.tools.root, home: home.home, extraCa: home.tools.extraCa })
    const bottle = await backend.launch(plan, testRun())
    // The launch listens from the first byte on. Nobody would read that here, and after a megabyte the agent would wait.
    await (await bottle.attachAgent()).close()
    server = await Server.start(home.home, slug, folder)
  })
  afterAll(async () => {
    await server?.kill()
    await home?.[Symbol.asyncDispose]()
  })
  afterEach(async () => {
    await server.kill()
    server = await Server.start(home.home, slug, folder)
  })

  test('a page sees the prompt, types and gets an answer', async () => {
    const page = await fresh()
    page.types('echo $((6*7)) $COLUMNS $LINES\r')
    await page.until(() => page.shows('42 100 30'))
    expect((await server.facts()).lastLine).toBe('$')
  })

  test('a flood stops at a page that draws nothing: the program waits, memory stays flat, and it goes on', async () => {
    const page = await fresh()
    const before = await server.facts()
    page.stopsDrawing()
    const progress = '/tmp/progress'
    page.types(
      `node -e 'const fs=require("fs");const b="0123456789abcdef ".repeat(60)+"\\n";let n=0;while(n<250e6){fs.writeSync(1,b);n+=b.length;if(n%102000<b.length)fs.writeFileSync("${progress}",""+n)}' && echo 'all' written\r`,
    )
    await page.until(() => page.bytes > 200_000)
    const stopped = Number(await stable(() => exec(`cat ${progress}`)))
    expect(stopped).toBeGreaterThan(0)
    expect(stopped).toBeLessThan(20e6)
    const during = await server.facts()
    expect(during.rss - before.rss).toBeLessThan(60e6)
    page.drawsAgain()
    await page.until(() => page.shows('all written'), 'the end of the flood', 100_000)
    expect(page.bytes).toBeGreaterThan(250e6)
    const after = await server.facts()
    // Less than what went through, with room for what is not collected yet.
    expect(after.rss - before.rss).toBeLessThan(200e6)
    const second = await TerminalPage.open(server.port)
    expect(second.picture()).toBe(page.picture())
  })

  test('a viewer that draws nothing slows nobody and comes back to the right screen', async () => {
    const page = await fresh()
    const viewer = await TerminalPage.open(server.port)
    viewer.stopsDrawing()
    page.types("seq 1 400000 | sed 's/$/ some more text on this line/' && echo 'all' seen\r")
    await page.until(() => page.shows('all seen'), 'the end', 60_000)
    expect(viewer.bytes).toBeLessThan(2e6)
    viewer.drawsAgain()
    await viewer.until(() => viewer.shows('all seen'))
    expect(viewer.picture()).toBe(page.picture())
  })

  test('many pages show the same', async () => {
    const page = await fresh()
    const viewers = await Promise.all(Array.from({ length: 12 }, () => TerminalPage.open(server.port)))
    page.types("seq 1 3000; echo 'that' was it\r")
    for (const each of [page, ...viewers])
      await each.until(() => each.shows('that was it') && each.screen().includes('$'))
    expect(new Set([page, ...viewers].map((each) => each.picture())).size).toBe(1)
    expect(viewers.map((viewer) => viewer.last('hello')?.writer)).toEqual(Array(12).fill(false))
  })

  test('a shell beside the agent ends when its program does', async () => {
    const session = await server.get('/shell')
    const page = await TerminalPage.open(server.port, session)
    page.types('echo $$ is me; stty size\r')
    await page.until(() => page.shows('24 80'))
    expect((await server.facts()).shells).toHaveLength(1)
    page.types('exit 7\r')
    await page.until(() => page.closeCode !== undefined)
    expect(page.last('exit')).toEqual({ type: 'exit', code: 7 })
    expect(page.closeCode).toBe(TTY_CLOSE.ended)
    expect((await TerminalPage.open(server.port, session)).closeCode).toBe(TTY_CLOSE.notFound)
  })

  test('a shell is ended with the server, not left running in the bottle', async () => {
    const session = await server.get('/shell')
    const page = await TerminalPage.open(server.port, session)
    page.types('exec -a left-behind sleep 1000\r')
    await stable(() => exec('grep -l left-behind /proc/[0-9]*/cmdline | grep -c cmdline'))
    await server.get('/stop')
    expect(await stable(() => exec("cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c 'left-behin[d] 1000'"))).toBe('0')
  })

  describe.each(['SIGKILL', 'SIGTERM'] as const)('after %s of the server', (signal) => {
    test('a shell prompt comes back as it was, no line twice, none lost', async () => {
      const page = await fresh()
      page.types('seq 1 60; echo half\\ typed; printf "\\033[31mred\\033[m\\n"\r')
      await page.until(() => page.shows('red') && page.screen().filter((line) => line === '$').length === 1)
      page.types('ls half')
      await page.until(() => page.shows('$ ls half'))
      const before = page.screen()
      await restart(signal)
      const after = await TerminalPage.open(server.port)
      await after.until(() => after.shows('$ ls half'))
      expect(after.screen()).toEqual(before)
      after.types('-way\r')
      await after.until(() => after.shows("cannot access 'half-way'"))
    })

    test('what was written while no server was there is on the screen, once', async () => {
      const page = await fresh()
      page.types('for i in $(seq 1 40); do echo tick $i; sleep 0.1; done\r')
      await page.until(() => page.shows('tick 5'))
      await server.kill(signal)
      await new Promise((resolve) => setTimeout(resolve, 1500))
      server = await Server.start(home.home, slug, folder)
      const after = await TerminalPage.open(server.port)
      await after.until(() => after.shows('tick 40') && after.screen().includes('$'))
      const lines = Array.from({ length: after.terminal.buffer.active.length }, (_, y) =>
        after.terminal.buffer.active.getLine(y)!.translateToString(true),
      ).filter((line) => line.startsWith('tick'))
      expect(lines).toEqual(Array.from({ length: 40 }, (_, n) => `tick ${n + 1}`))
    })

    test.each([
      ['less', 'seq 1 500 | less -X\r', (page: TerminalPage) => page.shows('25')],
      ['less, alternate screen', 'seq 1 500 | less\r', (page: TerminalPage) => page.screen()[0] === '1'],
      ['an editor', 'seq 1 500 > /tmp/n; vi /tmp/n\r', (page: TerminalPage) => page.shows('20')],
    ] as const)('%s comes back as it was', async (_name, command, isUp) => {
      const page = await fresh()
      page.types(command)
      await page.until(() => isUp(page))
      page.types(' ')
      await stable(async () => page.picture())
      const before = page.screen()
      const type = page.terminal.buffer.active.type
      await restart(signal)
      const after = await TerminalPage.open(server.port)
      await stable(async () => after.picture())
      // An editor says what it opened on its last line, and forgets that when it draws anew.
      expect(after.screen().slice(0, -1)).toEqual(before.slice(0, -1))
      expect(after.terminal.buffer.active.type).toBe(type)
    })
  })

  test('the recording has no secret in it and only the operator can read it', async () => {
    const page = await fresh()
    page.types('echo hunter2-is-a-sec""ret\r')
    await page.until(() => page.shows('hunter2-is-a-secret'))
    await server.get('/stop').catch(() => undefined)
    for (const file of ['terminal.cast', 'terminal.snapshot.json']) {
      const text = await readFile(path.join(folder, file), 'utf8')
      expect(text).not.toContain('hunter2-is-a-secret')
      expect(text).toContain('*******************')
      expect((await stat(path.join(folder, file))).mode & 0o777).toBe(0o600)
    }
    const [header, ...events] = (await readFile(path.join(folder, 'terminal.cast'), 'utf8')).split('\n').filter(Boolean)
    expect(JSON.parse(header!)).toMatchObject({ version: 2, width: 120, height: 32 })
    for (const event of events) expect(JSON.parse(event)).toHaveLength(3)
  })
})
