import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { StepOutput } from '../bottles/step-output.ts'
import type { Docker, ImageMessage } from '../engine/docker.ts'
import { buildImage, instructionLines } from './build-image.ts'

const DOCKERFILE =
  '# a comment\nARG BASE_IMAGE\nFROM $BASE_IMAGE\n\nRUN apt-get update \\\n  # inside\n && apt-get install nope\nUSER node\n'

async function building(messages: readonly ImageMessage[], text = DOCKERFILE) {
  async function* build() {
    yield* messages
  }
  const options = {
    context: Readable.from([]),
    source: { text, shown: 'images/mine/Dockerfile' },
    reference: 'mine:1',
    dockerfile: 'Dockerfile',
    buildArgs: {},
    labels: {},
  }
  using output = new StepOutput('agent image', () => {})
  await buildImage({ build } as unknown as Docker, options, output, new AbortController().signal)
}

test('an instruction begins where it begins, comments and continued lines aside', () => {
  expect(instructionLines(DOCKERFILE)).toEqual([2, 3, 5, 8])
})

test('a failing build is told by its line, its instruction and the last thing that it said', async () => {
  const attempt = building([
    { stream: 'Step 1/4 : ARG BASE_IMAGE\n' },
    { stream: 'Step 3/4 : RUN apt-get update  && apt-get install nope\n' },
    { stream: ' ---> Running in 0123456789ab\n' },
    { stream: 'Reading package lists...\n' },
    { stream: '\u001b[91mE: Unable to locate package nope\n\u001b[0m' },
    { error: "The command '/bin/sh -c apt-get …' returned a non-zero code: 100" },
  ])
  await expect(attempt).rejects.toThrow(
    'images/mine/Dockerfile:5: “RUN apt-get update  && apt-get install nope” failed: E: Unable to locate package nope',
  )
})

test('a full disk is told as such, with the command that shows what fills it', async () => {
  const attempt = building([
    { stream: 'Step 3/4 : RUN make\n' },
    { error: 'write /var/lib/x: no space left on device' },
  ])
  await expect(attempt).rejects.toMatchObject({ hint: expect.stringContaining('docker system df') })
})

test('what fails before the first instruction is told in the engine’s words', async () => {
  await expect(building([{ error: 'dockerfile parse error line 1: unknown instruction: RNU' }])).rejects.toThrow(
    'images/mine/Dockerfile: dockerfile parse error line 1: unknown instruction: RNU',
  )
})
