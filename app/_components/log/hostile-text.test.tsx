import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import type { BottleEvent } from '@/server/contract/events'
import type { LogMark } from '@/server/contract/views'
import { AnsiText } from './ansi-text'
import { NoteRow } from './note-row'

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '</script><script>alert(1)</script>',
  '<a href="javascript:alert(1)">click</a>',
  '\u001b]8;;javascript:alert(1)\u0007click\u001b]8;;\u0007',
  '\u001b]0;title\u0007\u001b[2J\u001b[1;1H',
  '\u001b[38;2;1;2;3;url(https://evil.example/x)m!',
  'user\u202etxt.exe',
  '"><svg onload=alert(1)>',
]

/** Control characters but tab and line feed, and those that reorder text. */
const INVISIBLE = /[^\P{Cc}\t\n]|[\u202a-\u202e]/u

const note = (event: BottleEvent): LogMark => ({ beforeLine: 1, at: 0, event }) as LogMark

describe('text of a bottle', () => {
  it.each(HOSTILE)('stays text in a line: %j', (text) => {
    const html = renderToStaticMarkup(<AnsiText text={text} sought={{ query: 'alert', caseSensitive: false }} />)
    expect(tags(html)).toEqual([])
    expect(html).not.toMatch(INVISIBLE)
    expect(html).not.toContain('url(')
  })

  it.each(HOSTILE)('stays text in what stands between lines: %j', (text) => {
    const marks = [
      note({ type: 'step-failed', step: 'agent image', message: text, hint: text, durationMs: 1 }),
      note({ type: 'state', state: 'failed', evidence: text }),
      note({ type: 'release-failed', name: text, message: text, hint: text }),
      note({ type: 'dropped', lines: 1, why: text }),
    ]
    const html = renderToStaticMarkup(marks.map((mark) => <NoteRow key={mark.event.type} mark={mark} />))
    expect(tags(html)).toEqual([])
    expect(html).not.toMatch(INVISIBLE)
  })

  it('is cut where a line is longer than anybody reads', () => {
    const html = renderToStaticMarkup(<AnsiText text={'x'.repeat(16_000)} />)
    expect(html.length).toBeLessThan(3200)
    expect(html).toContain('13,000 more characters')
  })
})

/** Elements in the markup other than those that the components draw with. */
const tags = (html: string): string[] =>
  [...html.matchAll(/<([a-z]+)/g)]
    .map((match) => match[1]!)
    .filter((tag) => !['span', 'div', 'mark', 'time'].includes(tag))
