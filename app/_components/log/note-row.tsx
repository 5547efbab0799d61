import { plainText } from '@/app/_lib/ansi'
import { cn } from '@/app/_lib/cn'
import { count } from '@/app/_lib/format'
import type { LogMark } from '@/server/contract/views'
import { lineTime } from './line-time'

/** What stands between lines: a state, a failure, something taken away, lines that are missing. */
export function NoteRow({ mark }: { mark: LogMark }) {
  const { event, at } = mark
  switch (event.type) {
    case 'dropped':
      return (
        <Frame>
          <span className="flex min-h-[26px] items-center gap-3 text-needs">
            <Dash />
            <span>
              {count(event.lines, 'line')} missing: {plainText(event.why)}
            </span>
            <Dash />
          </span>
        </Frame>
      )
    case 'state':
      return (
        <Frame>
          <span className="flex min-h-[26px] items-center gap-3 text-dim">
            <span>
              <span className="font-medium text-muted">{stateWord[event.state]}</span>
              {event.evidence && ` · ${plainText(event.evidence)}`}
              {event.exitCode !== undefined && ` · exit ${event.exitCode}`}
            </span>
            <span className="h-px flex-1 bg-line" />
            <time dateTime={new Date(at).toISOString()} suppressHydrationWarning>
              {lineTime(at).slice(0, 8)}
            </time>
          </span>
        </Frame>
      )
    case 'step-failed':
      return (
        <Frame>
          <span className="my-1 block rounded-control border border-failed/35 bg-failed-soft px-3 py-2 [overflow-wrap:anywhere]">
            <span className="block whitespace-pre-wrap font-medium text-failed">{lines(event.message)}</span>
            {event.hint && <span className="block whitespace-pre-wrap text-ink">{lines(event.hint)}</span>}
          </span>
        </Frame>
      )
    case 'release-done':
      return (
        <Frame>
          <span className="flex min-h-[26px] items-center text-dim">Removed: {plainText(event.name)}</span>
        </Frame>
      )
    case 'release-failed':
      return (
        <Frame>
          <span className="block py-1 text-failed [overflow-wrap:anywhere]">
            Left behind: {plainText(event.name)} · {plainText(event.message)}{' '}
            <span className="text-muted">{plainText(event.hint)}</span>
          </span>
        </Frame>
      )
    case 'step-started':
    case 'step-done':
      return null
    default:
      return event satisfies never
  }
}

const stateWord = {
  launching: 'Launching',
  running: 'Agent started',
  'needs-you': 'Needs you',
  idle: 'Idle',
  exited: 'Agent ended',
  failed: 'Failed',
  stopping: 'Stopping',
  stopped: 'Stopped',
} as const

/** Keeps to what is seen when long lines make the log wider. */
function Frame({ className, children }: { className?: string; children: React.ReactNode }) {
  return (
    <div className={cn('sticky left-0 w-[min(100%,var(--log-width))] px-3 font-sans text-caption sm:px-4', className)}>
      {children}
    </div>
  )
}

const Dash = () => <span aria-hidden className="h-0 flex-1 border-needs/60 border-t border-dashed" />

/** Plain text that may have several lines. */
const lines = (text: string): string => text.split('\n').map(plainText).join('\n')
