import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Recorder } from './recorder.ts'
import { SecretBlanker } from './secret-blanker.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-cast-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const SIZE = { cols: 80, rows: 24 }
const open = () => Recorder.open(folder, SIZE, new SecretBlanker())
const lines = async () => (await readFile(path.join(folder, 'terminal.cast'), 'utf8')).split('\n').filter(Boolean)
const events = async () => (await lines()).slice(1).map((line) => (JSON.parse(line) as unknown[]).slice(1))

test('a recording is an asciicast: a header, then output and sizes in order', async () => {
  const recorder = await open()
  recorder.output(Buffer.from('\x1b[31mred\r\n'))
  recorder.resize({ cols: 100, rows: 30 })
  await recorder.close()
  expect(JSON.parse((await lines())[0]!)).toMatchObject({ version: 2, width: 80, height: 24 })
  expect(await events()).toEqual([
    ['o', '\x1b[31mred\r\n'],
    ['r', '100x30'],
  ])
})

test('the next server goes on where the one before it stopped, with one header and no time running backwards', async () => {
  const first = await open()
  first.output(Buffer.from('one'))
  await first.close()
  const second = await open()
  second.output(Buffer.from('two'))
  await second.close()
  expect(await events()).toEqual([
    ['o', 'one'],
    ['r', '80x24'],
    ['o', 'two'],
  ])
  const times = (await lines()).slice(1).map((line) => (JSON.parse(line) as number[])[0]!)
  expect(times).toEqual([...times].sort((a, b) => a - b))
})

test('a flood is cut short and says so in the picture', async () => {
  const recorder = await open()
  for (let n = 0; n < 300; n++) recorder.output(Buffer.alloc(64 * 1024, 'x'))
  await recorder.close()
  const bytes = (await readFile(path.join(folder, 'terminal.cast'))).length
  expect(bytes).toBeLessThan(12 * 1024 * 1024)
})
