'use client'

import { RefreshCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { BottleStatus } from '@/app/_lib/bottle-status'
import { cn } from '@/app/_lib/cn'
import { messageOf } from '@/app/_lib/error-text'
import { useTRPCClient } from '@/app/_lib/trpc'
import type { DoctorAction, DoctorCheck, DoctorReport } from '@/server/contract/views.ts'
import { PageHeader } from '../frame/page-header'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { CopyButton } from '../ui/copy-button'
import { RelativeTime } from '../ui/relative-time'
import { StatusShape, toneText } from '../ui/status-shape'
import { toast } from '../ui/toast'

/** Between two looks while a trial runs. */
const TRIAL_LOOK_MS = 2_000

type Result = DoctorCheck['result']
const RESULTS: Readonly<Record<Result, Pick<BottleStatus, 'shape' | 'tone'> & { word: string }>> = {
  ok: { shape: 'tick', tone: 'working', word: 'Good' },
  warning: { shape: 'triangle', tone: 'needs', word: 'Look at it' },
  problem: { shape: 'triangle', tone: 'failed', word: 'Problem' },
  absent: { shape: 'square', tone: 'idle', word: 'Not there' },
}

/** Rows of check, result and fix, grouped by what they are about. */
export function Doctor({ initial }: { initial: DoctorReport }) {
  const client = useTRPCClient()
  const [report, setReport] = useState(initial)
  const [busy, setBusy] = useState(false)

  const act = async (action: DoctorAction) => {
    try {
      await client.system.act.mutate({ action })
      setReport(await client.system.doctor.query({ fresh: true }))
    } catch (error) {
      toast.error('That did not come through', { description: messageOf(error) })
    }
  }
  // What was begun goes on by itself: the row is looked at until it is over.
  const goesOn = report.checks.some((check) => check.action?.id === 'cancel-boot-trial')
  useEffect(() => {
    if (!goesOn) return
    const timer = setInterval(
      () => void client.system.doctor.query({ fresh: true }).then(setReport, () => {}),
      TRIAL_LOOK_MS,
    )
    return () => clearInterval(timer)
  }, [goesOn, client])
  const examine = async () => {
    setBusy(true)
    try {
      setReport(await client.system.doctor.query({ fresh: true }))
    } catch (error) {
      toast.error('The check did not come through', { description: messageOf(error) })
    } finally {
      setBusy(false)
    }
  }
  const bad = report.checks.filter((check) => check.result === 'problem').length
  const doubtful = report.checks.filter((check) => check.result === 'warning').length
  const groups = [...new Set(report.checks.map((check) => check.group))]
  return (
    <>
      <PageHeader
        title="System"
        about={
          bad > 0
            ? `${bad} ${bad === 1 ? 'problem' : 'problems'} to fix`
            : doubtful > 0
              ? `Works; ${doubtful} to look at`
              : 'Everything needed is there'
        }
        actions={
          <>
            <span className="text-caption text-dim max-sm:flex-1">
              Checked <RelativeTime at={report.checkedAt} suffix="ago" />
            </span>
            <Button busy={busy} onClick={examine}>
              <RefreshCw />
              Check again
            </Button>
          </>
        }
      />
      <div className="space-y-6">
        {groups.map((group) => (
          <section key={group} aria-label={group}>
            <h2 className="mb-2 font-medium text-caption text-muted tracking-normal">{group}</h2>
            <Card className="divide-y overflow-hidden">
              {report.checks
                .filter((check) => check.group === group)
                .map((check) => (
                  <Check key={check.id} check={check} onAct={act} />
                ))}
            </Card>
          </section>
        ))}
      </div>
    </>
  )
}

function Check({ check, onAct }: { check: DoctorCheck; onAct(action: DoctorAction): Promise<void> }) {
  const { action } = check
  const [busy, setBusy] = useState(false)
  const result = RESULTS[check.result]
  return (
    <div
      data-check={check.id}
      data-result={check.result}
      className="grid grid-cols-[16px_168px_88px_minmax(0,1fr)] items-start gap-x-3 px-4 py-3 text-data max-lg:grid-cols-[16px_minmax(0,1fr)_auto] max-lg:gap-y-0.5"
    >
      <StatusShape status={{ ...result, progress: null }} className="mt-px" />
      <span className="font-medium">{check.title}</span>
      <span className={cn(toneText[result.tone], result.tone === 'idle' && 'text-dim')}>{result.word}</span>
      <div className="min-w-0 max-lg:col-span-2 max-lg:col-start-2">
        <p className="text-muted [overflow-wrap:anywhere]">{check.detail}</p>
        {check.fix?.kind === 'text' && <p className="mt-0.5 [overflow-wrap:anywhere]">{check.fix.value}</p>}
        {check.fix?.kind === 'command' && (
          <p className="mt-1.5 flex max-w-full items-start gap-1 rounded-control bg-sunken py-1 pr-1 pl-2.5 sm:w-fit">
            <code className="machine min-w-0 flex-1 whitespace-pre-wrap py-0.5 text-caption [overflow-wrap:anywhere]">
              {check.fix.value}
            </code>
            <CopyButton text={check.fix.value} label="Copy the command" className="size-6" />
          </p>
        )}
        {action && (
          <Button
            size="sm"
            className="mt-1.5"
            busy={busy}
            onClick={() => {
              setBusy(true)
              void onAct(action.id).finally(() => setBusy(false))
            }}
          >
            {action.label}
          </Button>
        )}
      </div>
    </div>
  )
}
