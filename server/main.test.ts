import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockHome } from './home-lock.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'bot-bottle-main-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

/** Starts the real program, which is expected not to come up. */
async function started(
  env: Record<string, string>,
  ...argv: string[]
): Promise<{ code: number; said: string; out: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts', ...argv], {
    cwd: path.dirname(import.meta.dirname),
    env: { ...process.env, NODE_ENV: 'production', HOME: home, BOT_BOTTLE_HOME: home, BOT_BOTTLE_PORT: '0', ...env },
  })
  let [said, out] = ['', '']
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  const [code] = (await once(child, 'close')) as [number]
  return { code, said, out }
}

test('settings that cannot be used: all of them are named, and nothing was touched', async () => {
  const { code, said, out } = await started({ BOT_BOTTLE_PORT: 'many' }, '--fast')
  expect(code).toBe(78)
  expect(said).toMatch(/did not start\. --fast is not known.*\nBOT_BOTTLE_PORT must be a number/)
  expect(out).toBe('')
})

test('listening for other machines without a token is refused', async () => {
  const { code, said } = await started({ BOT_BOTTLE_HOST: '0.0.0.0' })
  expect(code).toBe(78)
  expect(said).toContain('Set BOT_BOTTLE_TOKEN')
})

test('a second server on the same home is refused, and told about the first', async () => {
  const lock = await lockHome(home)
  lock.announce('http://localhost:4999')
  const { code, said } = await started({})
  expect(code).toBe(75)
  expect(said).toContain(
    `Another bot-bottle already works on ${home} (process ${process.pid}, at http://localhost:4999)`,
  )
  await lock.release()
})

test('a port that is taken: which, by whom, and what to do; the home is free again', async () => {
  const other = createServer((socket) => socket.end('not http')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { code, said } = await started({ BOT_BOTTLE_PORT: String(port) })
  expect(code).toBe(75)
  expect(said).toContain(`Port ${port} is taken by another program`)
  await (await lockHome(home)).release()
  other.close()
})
