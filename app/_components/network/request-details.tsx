import type { Ref } from 'react'
import { count, formatBytes, formatDuration, formatExact } from '@/app/_lib/format'
import { addressOf, canBeAllowed, outcomeWord, ruleMeaning, UNREADABLE } from '@/app/_lib/network/request-words'
import { visibleText } from '@/app/_lib/visible-text'
import type { EgressDetail } from '@/server/contract/egress'
import type { NetworkRequest } from '@/server/contract/network'
import { Fact, Facts, Mono } from '../plan/section'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'

/** Everything that egress told of one request. */
export function RequestDetails({
  request,
  onAllow,
  onHost,
  ref,
}: {
  request: NetworkRequest
  /** Null where routes cannot be changed. */
  onAllow: ((request: NetworkRequest) => void) | null
  onHost: (host: string) => void
  ref: Ref<HTMLDivElement>
}) {
  const { rule, message, slot, stripped = [], findings = [], detail } = request
  const address = addressOf(request)
  return (
    <div ref={ref} className="@container border-b bg-sunken px-4 py-4 sm:px-5">
      <div className="max-w-[920px]">
        <Facts>
          <Fact name="Request">
            {address === '' ? (
              <span className="text-muted">{UNREADABLE}</span>
            ) : (
              <span className="flex items-start gap-1">
                <Mono className="max-h-32 min-w-0 overflow-auto">
                  {visibleText(request.method)} {visibleText(address)}
                </Mono>
                <CopyButton text={address} label="Copy the address" className="-my-1 size-6" />
              </span>
            )}
          </Fact>
          <Fact name="When">
            <span suppressHydrationWarning>{formatExact(request.at)}</span>
            <span className="text-muted">, for {formatDuration(request.durationMs)}</span>
            {request.count !== undefined && request.count > 1 && (
              <span className="text-muted">
                ; stands for {count(request.count, 'request')} alike that came too fast to be listed
              </span>
            )}
          </Fact>
          <Fact name={outcomeWord[request.outcome]}>
            {rule ? (
              <>
                <Mono>{visibleText(rule)}</Mono>
                {ruleMeaning(rule) && <span className="text-muted"> {ruleMeaning(rule)}</span>}
              </>
            ) : (
              <span className="text-muted">
                {request.outcome === 'redacted'
                  ? 'A route allows it, and scanning cut out what it found.'
                  : 'A route allows it.'}
              </span>
            )}
            {message && <p className="mt-0.5">{visibleText(message)}</p>}
          </Fact>
          <Fact name="Answer">
            {request.status === undefined ? (
              <span className="text-muted">none was sent</span>
            ) : (
              <>
                <Mono>{request.status}</Mono>
                {request.outcome === 'refused' && <span className="text-muted"> from egress</span>}
              </>
            )}
            <span className="text-muted">
              , {formatBytes(request.bytesUp)} sent, {formatBytes(request.bytesDown)} received
            </span>
          </Fact>
          {slot && (
            <Fact name="Credential added">
              <Mono>{visibleText(slot)}</Mono>
            </Fact>
          )}
          {stripped.length > 0 && (
            <Fact name="Taken away">
              <Mono>{visibleText(stripped.join(', '))}</Mono>
              <span className="text-muted"> sent by the agent, and went no further</span>
            </Fact>
          )}
          {findings.length > 0 && (
            <Fact name="Found">
              <Mono>{visibleText(findings.join(', '))}</Mono>
            </Fact>
          )}
        </Facts>
        {detail && <Exchange detail={detail} />}
        <div className="mt-3 flex flex-wrap gap-2">
          {onAllow && canBeAllowed(request) && (
            <Button size="sm" onClick={() => onAllow(request)}>
              Allow this…
            </Button>
          )}
          {request.host !== '' && (
            <Button size="sm" onClick={() => onHost(request.host)}>
              Only this host
            </Button>
          )}
        </div>
      </div>
    </div>
  )
}

/** What was asked and answered, as egress masked it. */
function Exchange({ detail: { request, answer } }: { detail: EgressDetail }) {
  return (
    <div className="mt-4 grid gap-3 @3xl:grid-cols-2">
      <Message title="Sent" headers={request.headers} body={request.body} query={request.query} />
      {answer && <Message title="Answered" headers={answer.headers} body={answer.body} />}
    </div>
  )
}

function Message(props: { title: string; headers: readonly string[]; body?: string | undefined; query?: string }) {
  const { title, headers, body, query } = props
  const lines = headers.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${headers[index + 1] ?? ''}`] : []))
  const text = [query && `?${query.replace(/^\?/, '')}`, ...lines].filter(Boolean).map((line) => visibleText(line!))
  return (
    <section aria-label={title} className="min-w-0">
      <h4 className="mb-1 font-medium text-caption text-dim">{title}</h4>
      <pre
        dir="ltr"
        className="machine max-h-72 overflow-auto whitespace-pre-wrap rounded-control border bg-surface px-3 py-2 text-caption [overflow-wrap:anywhere]"
      >
        {text.join('\n')}
        {body !== undefined &&
          `\n\n${body
            .split('\n')
            .map((line) => visibleText(line))
            .join('\n')}`}
      </pre>
    </section>
  )
}
