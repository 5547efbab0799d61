import { expect, test } from 'vitest'
import { ChangeFeed } from './change-feed.ts'

test('a reader gets the latest value of each key, in the order of the latest changes', async () => {
  const feed = new ChangeFeed<string, string>()
  const end = new AbortController()
  const changes = feed.follow(end.signal)[Symbol.asyncIterator]()
  feed.publish('a', 'a1')
  feed.publish('b', 'b1')
  feed.publish('a', 'a2')
  expect((await changes.next()).value).toEqual(['b1', 'a2'])
  const next = changes.next()
  feed.publish('b', 'b2')
  expect((await next).value).toEqual(['b2'])
})

test('a reader that waits ends when its signal aborts', async () => {
  const feed = new ChangeFeed<string, string>()
  const end = new AbortController()
  const next = feed.follow(end.signal)[Symbol.asyncIterator]().next()
  end.abort()
  expect((await next).done).toBe(true)
  expect((await feed.follow(end.signal)[Symbol.asyncIterator]().next()).done).toBe(true)
})
