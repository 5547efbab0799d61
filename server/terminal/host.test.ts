import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Bottle, TtyStream } from '../bottles/backend.ts'
import { TTY_CLOSE } from '../contract/tty.ts'
import { TerminalHost } from './host.ts'
import { ScriptedPage, ScriptedTty } from './testing.ts'

const slug = 'web-shop'
let stateFolder: string

beforeEach(async () => {
  stateFolder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-host-'))
})
afterEach(() => rm(stateFolder, { recursive: true }))

test('while an agent that ended is attached to anew, a page is told to come back, and then sees the new one', async () => {
  const first = new ScriptedTty()
  const second = new ScriptedTty()
  let attached!: (tty: TtyStream) => void
  const streams = [Promise.resolve<TtyStream>(first), new Promise<TtyStream>((resolve) => (attached = resolve))]
  const bottle = {
    attachAgent: () => streams.shift(),
    agentHistory: async () => Readable.from([]),
  } as Partial<Bottle> as Bottle
  const host = new TerminalHost()
  await host.up(bottle, { slug, stateFolder })
  const before = new ScriptedPage()
  host.accept(before.socket, slug, 'agent')
  first.exits(0)
  await before.until(() => before.closed?.code === TTY_CLOSE.ended)

  const again = host.up(bottle, { slug, stateFolder })
  const between = new ScriptedPage()
  host.accept(between.socket, slug, 'agent')
  expect(between.closed?.code).toBe(TTY_CLOSE.goingAway)
  attached(second)
  await again
  const after = new ScriptedPage()
  host.accept(after.socket, slug, 'agent')
  second.prints('started again')
  await after.until(() => `${after.last('snapshot')?.data}${after.text}`.includes('started again'))
  await host.shutdown()
})
