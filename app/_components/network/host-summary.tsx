'use client'

import { useRef } from 'react'
import { count, formatBytes, formatDuration } from '@/app/_lib/format'
import { UNREADABLE } from '@/app/_lib/network/request-words'
import { useListKeys } from '@/app/_lib/use-list-keys'
import { visibleText } from '@/app/_lib/visible-text'
import type { NetworkSummary } from '@/server/contract/network'
import { RelativeTime } from '../ui/relative-time'

type HostRow = NetworkSummary['hosts'][number]
const COLUMNS =
  'grid grid-cols-[minmax(0,2fr)_minmax(0,1.1fr)_84px_minmax(0,1fr)_minmax(0,1.1fr)_72px] items-center gap-x-4 max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-y-0.5'

/** Each host that was asked for, the most asked first. A row leads to its requests. */
export function HostSummary({
  summary,
  perMinute,
  onHost,
}: {
  summary: NetworkSummary | null
  /** Now: the summary is asked for when something comes in, and this falls when nothing does. Null once it is over. */
  perMinute: number | null
  onHost: (host: string) => void
}) {
  const list = useRef<HTMLDivElement>(null)
  useListKeys(list)
  if (!summary) return null
  const { hosts, lost } = summary
  const most = Math.max(1, ...hosts.map(({ requests }) => requests))
  const bytes = Math.max(1, ...hosts.map(({ bytesUp, bytesDown }) => bytesUp + bytesDown))
  const slowest = Math.max(1, ...hosts.map(({ latency }) => latency?.p99 ?? 0))
  return (
    <div ref={list} className="min-h-0 flex-1 overflow-y-auto px-4 py-4 sm:px-5">
      <div className="mx-auto max-w-[1200px]">
        <Totals summary={summary} perMinute={perMinute} />
        {hosts.length === 0 ? (
          <p className="py-12 text-center text-data text-muted">No request so far, so there are no hosts to show.</p>
        ) : (
          <ul className="mt-4 divide-y rounded-card border bg-surface">
            <li aria-hidden className={`${COLUMNS} px-4 py-1.5 text-caption text-dim max-md:hidden`}>
              <span>Host</span>
              <span>Requests</span>
              <span>Refused</span>
              <span>Sent, received</span>
              <span>Median, slowest 1 in 100</span>
              <span className="text-right">Last</span>
            </li>
            {hosts.map((row) => (
              <Host key={row.host} row={row} most={most} bytes={bytes} slowest={slowest} onHost={onHost} />
            ))}
          </ul>
        )}
        {lost > 0 && (
          <p className="mt-3 text-caption text-needs">
            {count(lost, 'request')} could not be recorded: they came faster than they could be stored. They were
            decided by the same rules.
          </p>
        )}
      </div>
    </div>
  )
}

function Totals({ summary, perMinute }: { summary: NetworkSummary; perMinute: number | null }) {
  const facts: [string, string, boolean?][] = [
    ['Requests', summary.requests.toLocaleString('en-US')],
    ...(perMinute === null ? [] : [['Last minute', perMinute.toLocaleString('en-US')] as [string, string]]),
    ['Refused', summary.refused.toLocaleString('en-US'), summary.refused > 0],
    ['Redacted', summary.redacted.toLocaleString('en-US')],
    ['Sent', formatBytes(summary.bytesUp)],
    ['Received', formatBytes(summary.bytesDown)],
  ]
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2">
      {facts.map(([name, value, bad]) => (
        <div key={name}>
          <dt className="text-caption text-dim">{name}</dt>
          <dd className={bad ? 'font-medium text-failed text-lead' : 'font-medium text-lead'}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

interface HostProps {
  row: HostRow
  most: number
  bytes: number
  slowest: number
  onHost: (host: string) => void
}

function Host({ row, most, bytes, slowest, onHost }: HostProps) {
  const { host, requests, refused, redacted, bytesUp, bytesDown, latency, lastAt } = row
  return (
    <li>
      <button
        type="button"
        data-list-item
        onClick={() => onHost(host)}
        className={`${COLUMNS} min-h-13 w-full px-4 py-2 text-left text-data hover:bg-hover focus-visible:-outline-offset-2`}
      >
        {host === '' ? (
          <span className="truncate text-muted">{UNREADABLE}</span>
        ) : (
          <span dir="ltr" className="machine truncate" title={visibleText(host, 300)}>
            {visibleText(host, 300)}
          </span>
        )}
        <Measure text={requests.toLocaleString('en-US')} share={requests / most} bad={refused / requests} />
        <span className="max-md:order-3">
          {refused > 0 ? (
            <span className="font-medium text-failed">{refused.toLocaleString('en-US')}</span>
          ) : (
            <span className="text-dim max-md:hidden">0</span>
          )}
          <span className="md:hidden">{refused > 0 && <span className="text-caption text-failed"> refused</span>}</span>
          {redacted > 0 && <span className="block text-caption text-needs">{redacted} redacted</span>}
        </span>
        <span className="max-md:hidden">
          <Measure
            text={`${formatBytes(bytesUp)}, ${formatBytes(bytesDown)}`}
            share={(bytesUp + bytesDown) / bytes}
            bad={0}
          />
        </span>
        <span className="max-md:hidden">
          {latency ? (
            <Latency p50={latency.p50} p99={latency.p99} slowest={slowest} />
          ) : (
            <span className="text-dim">no answer</span>
          )}
        </span>
        <span className="text-right text-caption text-dim max-md:order-4">
          {lastAt !== null && <RelativeTime at={lastAt} />}
        </span>
      </button>
    </li>
  )
}

/** A figure and a thin bar below it. @param share of the greatest, 0 to 1 @param bad share of it that was refused */
function Measure({ text, share, bad }: { text: string; share: number; bad: number }) {
  return (
    <span className="block min-w-0">
      <span className="block truncate max-md:text-right">{text}</span>
      <span aria-hidden className="mt-1 flex h-[3px] overflow-hidden rounded-full bg-hover max-md:hidden">
        <span className="bg-failed" style={{ width: `${share * bad * 100}%` }} />
        <span className="bg-line-strong" style={{ width: `${Math.max(share * (1 - bad) * 100, bad < 1 ? 1 : 0)}%` }} />
      </span>
    </span>
  )
}

/** From the median to the slowest hundredth, on the scale of the slowest host. */
function Latency({ p50, p99, slowest }: { p50: number; p99: number; slowest: number }) {
  // The square root, or one slow host would press all the others flat against the left.
  const at = (ms: number) => Math.sqrt(Math.max(0, ms) / slowest) * 100
  return (
    <span className="block min-w-0">
      <span className="block truncate">
        {formatDuration(p50)}, {formatDuration(p99)}
      </span>
      <span aria-hidden className="relative mt-1 block h-[3px] rounded-full bg-hover">
        <span
          className="absolute inset-y-0 rounded-full bg-line-strong"
          style={{ left: `${at(p50)}%`, right: `${100 - at(p99)}%` }}
        />
        <span
          className="absolute -top-px h-[5px] w-[3px] rounded-full bg-ink"
          style={{ left: `calc(${at(p50)}% - 1px)` }}
        />
      </span>
    </span>
  )
}
