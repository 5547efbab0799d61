import { clsx } from 'clsx'
import { memo } from 'react'
import { formatBytes, formatDuration } from '@/app/_lib/format'
import { canBeAllowed, clockTime, decisionWords, portWords, UNREADABLE } from '@/app/_lib/network/request-words'
import { visibleText } from '@/app/_lib/visible-text'
import type { NetworkRequest } from '@/server/contract/network'
import { Button } from '../ui/button'
import { OutcomeSign } from './outcome-sign'

/** Shared by the rows and the line of headings above them. */
export const COLUMNS =
  'grid grid-cols-[60px_84px_60px_minmax(0,5fr)_36px_124px_60px_minmax(0,2fr)_64px] items-center gap-x-3 px-4 sm:px-5'

/** Nobody reads more of it in one line; the whole is in the details. */
const MOST_PATH = 300

interface RowProps {
  request: NetworkRequest
  shape: 'wide' | 'narrow' | 'either'
  open: boolean
  onOpen: (id: string) => void
  /** Null where routes cannot be changed: the bottle is not up. */
  onAllow: ((request: NetworkRequest) => void) | null
}

/** One request in one line, or two on a phone. All of its text is the agent's: it is shown as text and made visible. */
export const RequestRow = memo(function RequestRow({ request, shape, open, onOpen, onAllow }: RowProps) {
  const refused = request.outcome === 'refused'
  const allow = canBeAllowed(request) ? onAllow : null
  return (
    <div className={clsx('relative', open && 'bg-hover')}>
      <button
        type="button"
        data-list-item
        data-outcome={request.outcome}
        aria-expanded={open}
        onClick={() => onOpen(request.id)}
        className={clsx(
          'block w-full text-left text-data leading-5 hover:bg-hover focus-visible:-outline-offset-2',
          refused && 'shadow-[inset_2px_0_0_var(--failed)]',
          request.outcome === 'redacted' && 'shadow-[inset_2px_0_0_var(--needs-fill)]',
        )}
      >
        {shape !== 'narrow' && (
          <span className={clsx(COLUMNS, 'h-8', shape === 'either' && 'max-lg:hidden')}>
            <WideCells request={request} />
          </span>
        )}
        {shape !== 'wide' && (
          <span
            className={clsx(
              'flex h-[54px] flex-col justify-center gap-0.5 pl-4',
              allow ? 'pr-24' : 'pr-4',
              shape === 'either' && 'lg:hidden',
            )}
          >
            <NarrowCells request={request} />
          </span>
        )}
      </button>
      {allow && (
        <Button
          size="sm"
          onClick={() => allow(request)}
          aria-label={`Allow ${visibleText(request.method, 20)} ${visibleText(request.host, 80)}…`}
          className={clsx(
            'absolute right-3 px-2',
            shape === 'narrow' ? 'top-[5px] h-11' : 'top-1 h-6 pointer-coarse:h-6',
            shape === 'either' && 'max-lg:top-[5px] max-lg:h-11 max-lg:pointer-coarse:h-11',
          )}
        >
          Allow…
        </Button>
      )}
    </div>
  )
})

function WideCells({ request }: { request: NetworkRequest }) {
  const decision = visibleText(decisionWords(request), 200)
  return (
    <>
      <Time at={request.at} />
      <OutcomeSign outcome={request.outcome} />
      <span className="machine truncate text-muted">
        {request.method ? visibleText(request.method, 20) : <span className="text-dim">–</span>}
      </span>
      <Target request={request} />
      <Status request={request} />
      <span className="flex justify-end gap-2.5 whitespace-nowrap text-caption text-muted">
        <Bytes sign="↑" said="sent" value={request.bytesUp} />
        <Bytes sign="↓" said="received" value={request.bytesDown} />
      </span>
      <span className="whitespace-nowrap text-right text-muted">{formatDuration(request.durationMs)}</span>
      <span
        title={decision}
        className={clsx(
          'machine truncate text-caption',
          request.outcome === 'refused' ? 'text-failed' : request.outcome === 'redacted' ? 'text-needs' : 'text-muted',
        )}
      >
        {decision}
      </span>
    </>
  )
}

function NarrowCells({ request }: { request: NetworkRequest }) {
  return (
    <>
      <span className="flex w-full items-center gap-2">
        <OutcomeSign outcome={request.outcome} wordHidden={request.outcome === 'allowed'} />
        <span className="machine shrink-0 text-caption text-muted empty:hidden">{visibleText(request.method, 10)}</span>
        {request.host ? (
          <span className="machine min-w-0 flex-1 truncate">{visibleText(request.host, MOST_PATH)}</span>
        ) : (
          <span className="min-w-0 flex-1 truncate text-muted">{UNREADABLE}</span>
        )}
        <Status request={request} />
      </span>
      <span className="flex w-full items-center gap-2 text-caption text-dim">
        <Time at={request.at} />
        <span className="machine min-w-0 flex-1 truncate">{visibleText(request.path, MOST_PATH)}</span>
        <span className={clsx('machine shrink-0', request.outcome === 'refused' && 'text-failed')}>
          {request.rule ?? formatDuration(request.durationMs)}
        </span>
      </span>
    </>
  )
}

function Target({ request }: { request: NetworkRequest }) {
  const { host, port, path, count = 1 } = request
  return (
    <span dir="ltr" className="flex min-w-0 items-baseline">
      {host === '' ? (
        <span className="truncate text-muted">{UNREADABLE}</span>
      ) : (
        <>
          <span className={clsx('machine shrink-0 truncate text-ink', path ? 'max-w-[62%]' : 'max-w-full')}>
            {visibleText(host, MOST_PATH)}
            <span className="text-muted">{portWords(port)}</span>
          </span>
          <span className="machine min-w-0 truncate text-muted">{visibleText(path, MOST_PATH)}</span>
        </>
      )}
      {count > 1 && (
        <span className="ml-2 shrink-0 rounded-full bg-idle-soft px-1.5 text-caption text-muted">
          ×{count.toLocaleString('en-US')}
        </span>
      )}
    </span>
  )
}

function Status({ request: { status } }: { request: NetworkRequest }) {
  if (status === undefined) return <span className="text-dim">–</span>
  return <span className={clsx('machine', status >= 400 ? 'text-ink' : 'text-muted')}>{status}</span>
}

function Bytes({ sign, said, value }: { sign: string; said: string; value: number }) {
  return (
    <span className={clsx('min-w-[56px] text-right', value === 0 && 'text-dim')}>
      <span aria-hidden className="text-dim">
        {sign}{' '}
      </span>
      {formatBytes(value)}
      <span className="sr-only"> {said}</span>
    </span>
  )
}

function Time({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} suppressHydrationWarning className="whitespace-nowrap text-dim">
      {clockTime(at)}
    </time>
  )
}
