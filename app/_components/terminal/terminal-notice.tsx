import { useEffect, useState } from 'react'
import { Button } from '@/app/_components/ui/button'
import type { ConnectionState } from '@/app/_lib/terminal/connection-state'

interface TerminalNoticeProps {
  connection: ConnectionState
  writer: boolean
  /** Something was typed that nobody took. */
  lost: boolean
  isShell: boolean
  onRetry: () => void
  onClaim: () => void
}

/** The thin line above a terminal. It is there only while there is something to say. */
export function TerminalNotice({ connection, writer, lost, isShell, onRetry, onClaim }: TerminalNoticeProps) {
  const { phase } = connection
  const told = lost && <strong className="font-medium text-ink">What you type goes nowhere.</strong>
  if (phase === 'waiting') {
    return (
      <Line>
        <span>
          {connection.reason} · reconnecting <Countdown until={connection.retryAt} />
        </span>
        {told}
        <Verb onClick={onRetry}>Retry now</Verb>
      </Line>
    )
  }
  if (phase === 'connecting' && connection.attempt > 0) return <Line>Reconnecting … {told}</Line>
  if (phase === 'ended') return <Line>{endOf(isShell, connection.code)}</Line>
  if (phase === 'gone') return <Line>{connection.reason}</Line>
  if (phase === 'open' && !writer) {
    return (
      <Line>
        Viewing · another page types here
        {told}
        <Verb onClick={onClaim}>Take control</Verb>
      </Line>
    )
  }
  return null
}

function endOf(isShell: boolean, code: number | null): string {
  const who = isShell ? 'The shell' : 'The agent'
  if (code === 0) return `${who} finished · exit code 0`
  return code === null ? `${who} ended; its exit code is not known` : `${who} ended · exit code ${code}`
}

const Line = ({ children }: { children: React.ReactNode }) => (
  <div
    role="status"
    className="flex min-h-9 flex-wrap items-center gap-2 border-b bg-sunken px-3 py-1 text-caption text-muted"
  >
    {children}
  </div>
)

const Verb = (props: { onClick: () => void; children: string }) => (
  <Button size="sm" variant="ghost" className="text-ink" {...props} />
)

/** Read out once, not every second. */
function Countdown({ until }: { until: number }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  return <span aria-hidden="true">in {Math.max(1, Math.ceil((until - now) / 1000))} s</span>
}
