import { expect, test } from 'vitest'
import { StepOutput } from '../bottles/step-output.ts'
import type { BottleEvent } from '../contract/events.ts'
import type { ImageMessage } from '../engine/docker.ts'
import { followImage } from './follow-image.ts'

async function following(...messages: ImageMessage[]) {
  const events: BottleEvent[] = []
  async function* stream() {
    yield* messages
  }
  using output = new StepOutput('base image', (event) => events.push(event))
  await followImage(stream(), output)
  return events
}

test('a pull is told in layers and bytes', async () => {
  const layer = (id: string, status: string, progressDetail = {}) => ({ id, status, progressDetail })
  const events = await following(
    { status: 'Pulling from library/node', id: '24' },
    layer('aaaaaaaaaaaa', 'Downloading', { current: 10, total: 100 }),
    layer('bbbbbbbbbbbb', 'Already exists'),
    layer('aaaaaaaaaaaa', 'Download complete'),
    layer('aaaaaaaaaaaa', 'Pull complete'),
  )
  const figures = events.filter((event) => event.type === 'progress')
  expect(figures.at(-2)).toMatchObject({ unit: 'layers', done: 2, total: 2 })
  expect(figures.at(-1)).toMatchObject({ unit: 'bytes', done: 100, total: 100 })
})

test('a failure is the stream’s last message, and is thrown', async () => {
  await expect(following({ status: 'Pulling' }, { error: 'toomanyrequests' })).rejects.toThrow('toomanyrequests')
  await expect(following({ error: 'write: no space left on device' })).rejects.toMatchObject({
    hint: expect.stringContaining('docker system df'),
  })
})
