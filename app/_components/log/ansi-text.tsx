import './ansi.css'
import { clsx } from 'clsx'
import type { CSSProperties } from 'react'
import { type AnsiStyle, parseAnsi } from '@/app/_lib/ansi'
import { cssBackground, cssColor } from '@/app/_lib/ansi-color'
import { type HitSpan, markHits } from '@/app/_lib/log/search-hits'

/** What is marked in a line, as the search field says it. */
export interface Sought {
  query: string
  caseSensitive: boolean
}

/** Characters of one line that are drawn before one asks for the rest: a line may have sixteen thousand. */
const SHOWN = 3000

/**
 * One line of a log with its colours. Everything becomes text nodes: what a bottle says is never markup, and its
 * hyperlinks stay text.
 */
export function AnsiText({
  text,
  sought = null,
  whole = false,
}: {
  text: string
  sought?: Sought | null
  whole?: boolean
}) {
  const spans = whole || text.length <= SHOWN ? parseAnsi(text) : parseAnsi(text.slice(0, SHOWN))
  const marked = sought ? markHits(spans, sought.query, sought.caseSensitive) : spans
  const cut = whole ? 0 : text.length - SHOWN
  return (
    <>
      {marked.map((span, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one line have no other name and never move
        <Span key={index} span={span} />
      ))}
      {cut > 0 && (
        <span className="select-none text-dim"> … {cut.toLocaleString('en-US')} more characters in the download</span>
      )}
    </>
  )
}

function Span({ span }: { span: HitSpan }) {
  const { text, style, revealed, hit } = span
  const styled = Object.keys(style).length > 0
  if (!styled && !revealed && !hit) return <>{text}</>
  const className = clsx(
    style.bold && 'font-semibold',
    style.dim && 'opacity-70',
    style.italic && 'italic',
    style.underline && 'underline underline-offset-2',
    style.strike && 'line-through',
    revealed && 'mx-px rounded-small border border-needs/50 bg-needs-soft px-0.5 text-[11px] text-needs',
  )
  const Tag = hit ? 'mark' : 'span'
  return (
    <Tag
      className={clsx(className, hit && 'rounded-[2px] bg-needs-fill/35 text-inherit')}
      style={hit ? withoutBackground(style) : colours(style)}
      {...(revealed && { title: 'A character that hides or reorders text' })}
    >
      {text}
    </Tag>
  )
}

function colours(style: AnsiStyle): CSSProperties {
  if (style.inverse) {
    return {
      color: 'var(--canvas)',
      backgroundColor: style.color ? cssColor(style.color) : 'var(--ink)',
    }
  }
  return {
    ...(style.color && { color: cssColor(style.color) }),
    // On a colour that the program chose, its own letters are often black or white; ours may not be readable there.
    ...(style.background && {
      backgroundColor: `color-mix(in oklch, ${cssBackground(style.background)} 28%, transparent)`,
    }),
  }
}

const withoutBackground = ({ background: _, inverse: __, ...style }: AnsiStyle): CSSProperties => colours(style)
