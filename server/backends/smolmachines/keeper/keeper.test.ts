import { mkdtemp, rm, stat } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { spawn } from '@lydell/node-pty'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { untilSeen } from '../../../testing/until-seen.ts'
import { KeeperLink } from '../keeper-link.ts'
import { Keeper } from './keeper.ts'

let folder = ''
let socket = ''
const keepers: Keeper[] = []
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-keeper-'))
  socket = path.join(folder, 'keeper.sock')
})
afterEach(async () => {
  for (const keeper of keepers.splice(0)) keeper.end()
  await rm(folder, { recursive: true, force: true })
})

/** A keeper of a shell, and a way to it. */
async function kept(script = 'exec sh'): Promise<KeeperLink> {
  const pty = spawn('sh', ['-c', script], {
    cols: 80,
    rows: 24,
    encoding: null,
    env: { PATH: process.env.PATH, PS1: '' },
  })
  const keeper = new Keeper(pty, socket, () => {})
  keepers.push(keeper)
  await keeper.listen()
  return new KeeperLink(socket)
}
const type = (text: string) => Buffer.from(`${text}\n`)

test('everybody who is attached sees the same, and who comes later is told what was before', async () => {
  const link = await kept()
  const [first, second] = [await link.attach({ replay: true }), await link.attach({ replay: true })]
  first.write(type('echo one-$((1+1))'))
  await untilSeen(first.output, 'one-2')
  await untilSeen(second.output, 'one-2')
  await first.close()
  second.write(type('echo two-$((1+1))'))
  await untilSeen(second.output, 'two-2')
  await untilSeen((await link.attach({ replay: true })).output, /one-2[\s\S]*two-2/)
  await untilSeen(await link.history(null), /one-2[\s\S]*two-2/)
})

test('who attaches without a replay sees what comes from then on', async () => {
  const link = await kept()
  const first = await link.attach({ replay: true })
  first.write(type('echo before-$((1+1))'))
  await untilSeen(first.output, 'before-2')
  const second = await link.attach({ replay: false })
  second.write(type('echo after-$((1+1))'))
  expect(await untilSeen(second.output, 'after-2')).not.toContain('before-2')
})

test('who reads late misses nothing: the program waits for him', async () => {
  const link = await kept('sleep 0.2; seq 1 100000; echo end; exec sh')
  const tty = await link.attach({ replay: true })
  const seen = await untilSeen(tty.output, /end\r\n$/)
  expect(seen.replaceAll('\r', '').length).toBe(
    Array.from({ length: 100_000 }, (_, n) => `${n + 1}\n`).join('').length + 4,
  )
})

test('the code of a program is told to those who are there, and to those who come later', async () => {
  const link = await kept()
  const tty = await link.attach({ replay: true })
  const ended = link.ended(new AbortController().signal)
  expect(await link.state()).toMatchObject({ running: true, code: null })
  tty.output.resume()
  tty.write(type('exit 9'))
  expect([await tty.exited, await ended]).toEqual([9, 9])
  expect(await link.state()).toMatchObject({ running: false, code: 9 })
  expect(await link.ended(new AbortController().signal)).toBe(9)
  const late = await link.attach({ replay: true })
  late.output.resume()
  expect(await late.exited).toBe(9)
})

test('a program that is killed has the code that a shell would tell', async () => {
  const link = await kept()
  const tty = await link.attach({ replay: true })
  tty.output.resume()
  tty.write(type('kill -9 $$'))
  expect(await tty.exited).toBe(137)
})

test('its socket is for its user alone', async () => {
  await kept()
  expect((await stat(socket)).mode & 0o777).toBe(0o600)
})

test('who says something else is hung up on, and the others go on', async () => {
  const link = await kept()
  const tty = await link.attach({ replay: true })
  const stranger = connect(socket)
  const hungUp = new Promise((resolve) => stranger.on('error', () => {}).once('close', resolve))
  stranger.write(Buffer.alloc(64, 0xff))
  await hungUp
  tty.write(type('echo still-$((1+1))'))
  await untilSeen(tty.output, 'still-2')
})

test('told to end, it ends the program; after that there is none, which is no error', async () => {
  const link = await kept()
  const tty = await link.attach({ replay: true })
  tty.output.resume()
  const { pid } = (await link.state())!
  await link.end()
  await expect.poll(() => isAlive(pid)).toBe(false)
  expect(await link.state()).toBeNull()
  await link.end()
})

test('a keeper that does not answer is an error, not an absence', async () => {
  const mute = createServer(() => {}).listen(socket)
  await new Promise((resolve) => mute.once('listening', resolve))
  await expect(new KeeperLink(socket, 100).state()).rejects.toThrow('does not answer')
  mute.close()
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
