import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { answersIn, framed, question } from './dns-message.ts'
import { type EngineResolver, type EngineResolverParts, engineResolver } from './engine-resolver.ts'

const OWN = 'bottle'
const NAMES = ['example.com', 'host.docker.internal']
const [NO_ERROR, REFUSED, NO_SUCH_NAME] = [0, 5, 3]
interface Given {
  code: number
  count: number
}

/**
 * As Docker's: takes the questions of one connection in turn, and knows its own bottle.
 * @param outside what it gets to hear of other names; null: nothing, which it does not pass on
 */
async function resolver(outside: (name: string) => Promise<Given | null>): Promise<EngineResolverParts['at']> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket
      .on('error', () => {})
      .on('data', async (received) => {
        for (let at = 0; at < received.length; at += 2 + received.readUInt16BE(at)) {
          const asked = received.subarray(at + 2, at + 2 + received.readUInt16BE(at))
          const name = [question(0, OWN), ...NAMES.map((other) => question(0, other))].findIndex((known) =>
            known.subarray(12).equals(asked.subarray(12)),
          )
          const given = name === 0 ? { code: NO_ERROR, count: 1 } : await outside(NAMES[name - 1]!)
          if (!given) continue
          const answer = Buffer.from(asked)
          answer[3] = given.code
          answer.writeUInt16BE(given.count, 6)
          if (!socket.destroyed) socket.write(framed(answer))
        }
      })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

const ask = (at: EngineResolverParts['at'], parts: Partial<EngineResolverParts> = {}): Promise<EngineResolver> =>
  engineResolver({ at, names: NAMES, own: OWN, silenceMs: 5_000, pendingMs: 5_000, asksInside: () => false, ...parts })
const never = () => new Promise<null>(() => {})
const afterAWhile = (given: Given) => () => new Promise<Given>((resolve) => setTimeout(() => resolve(given), 30))

test('one that passes nothing on is closed, as soon as it has answered for its own bottle', async () => {
  expect(await ask(await resolver(async () => null))).toEqual({ kind: 'closed' })
})

test('one that says it refuses is closed', async () => {
  expect(await ask(await resolver(async () => ({ code: REFUSED, count: 0 })))).toEqual({ kind: 'closed' })
})

test('where none listens nobody is asked', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  expect(await ask({ host: '127.0.0.1', port })).toEqual({ kind: 'closed' })
})

test.each([
  ['knows a name', { code: NO_ERROR, count: 1 }],
  ['knows that there is no such name', { code: NO_SUCH_NAME, count: 0 }],
])('one that %s is open', async (_, given) => {
  expect(await ask(await resolver(async () => given))).toEqual({ kind: 'answered', names: NAMES })
})

test('one that takes longer than silence is listened to is open nevertheless', async () => {
  const at = await resolver(afterAWhile({ code: NO_ERROR, count: 1 }))
  expect(await ask(at, { silenceMs: 1 })).toEqual({ kind: 'answered', names: NAMES })
})

test('one that waits for somebody outside has told the names to him', async () => {
  expect(await ask(await resolver(never), { silenceMs: 20, pendingMs: 20 })).toEqual({ kind: 'asking' })
})

test('one that seeks somebody inside the bottle’s network reaches nobody', async () => {
  const at = await resolver(never)
  expect(await ask(at, { silenceMs: 20, asksInside: () => true })).toEqual({ kind: 'closed' })
})

test('one that does not answer for its own bottle either proves nothing', async () => {
  const at = await resolver(never)
  expect(await ask(at, { own: NAMES[0]!, silenceMs: 20, pendingMs: 20 })).toEqual({ kind: 'unproved' })
})

test('an answer that is not whole yet is none', () => {
  const whole = framed(question(7, OWN))
  expect(answersIn(Buffer.concat([whole, whole.subarray(0, 9)]))).toEqual([{ id: 7, code: 0, count: 0 }])
})
