import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { Dashboard } from '../../e2e/fixtures/dashboard.ts'

/** Follows the stream of one tab that shows the overview. @returns messages and bytes per second, without the first list */
export async function tabStream(dashboard: Dashboard, seconds: number): Promise<{ messages: number; bytes: number }> {
  const end = new AbortController()
  const answer = await fetch(`${dashboard.url}/api/trpc/events.follow?input=%7B%7D`, {
    headers: { accept: 'text/event-stream' },
    signal: end.signal,
  })
  const decoder = new TextDecoder()
  let [messages, bytes, since] = [0, 0, 0]
  try {
    for await (const chunk of Readable.fromWeb(answer.body as ReadableStream) as AsyncIterable<Buffer>) {
      const text = decoder.decode(chunk, { stream: true })
      if (since === 0) {
        if (text.includes('"live"')) since = performance.now()
        continue
      }
      messages += text.split('"kind":"bottle"').length - 1
      bytes += chunk.byteLength
      if (performance.now() - since > seconds * 1000) break
    }
  } finally {
    end.abort()
  }
  return { messages: messages / seconds, bytes: bytes / seconds }
}
