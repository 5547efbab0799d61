import { expect, test } from 'vitest'
import { Client } from './client.ts'
import type { ScreenSnapshot } from './screen.ts'
import { ScriptedPage } from './testing.ts'

const SNAPSHOT: ScreenSnapshot = { cols: 80, rows: 24, data: 'the screen' }

test('a viewer for which too much came before its first picture gets the picture all the same', async () => {
  const page = new ScriptedPage()
  const snapshots: ((snapshot: ScreenSnapshot) => void)[] = []
  const takeSnapshot = () => new Promise<ScreenSnapshot>((resolve) => snapshots.push(resolve))
  const nothing = () => {}
  const client = new Client(page.socket, null, takeSnapshot, {
    message: nothing,
    input: nothing,
    progress: nothing,
    gone: nothing,
  })
  void client.sync()
  for (let n = 0; n < 17; n++) client.output(Buffer.alloc(64 * 1024, 'x'))
  expect(client.isBehind).toBe(true)
  await expect.poll(() => snapshots.length, { timeout: 5000 }).toBe(2)
  for (const made of snapshots) made(SNAPSHOT)
  await page.until(() => page.last('snapshot') !== undefined)
  client.output(Buffer.from('what follows'))
  await page.until(() => page.text === 'what follows')
})
