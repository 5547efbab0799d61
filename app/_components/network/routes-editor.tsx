'use client'

import { useEffect, useState } from 'react'
import { bottleName } from '@/app/_lib/bottle-list'
import { shortDigest } from '@/app/_lib/format'
import { visibleText } from '@/app/_lib/visible-text'
import type { RoutesView } from '@/server/contract/network'
import type { TokenSlot } from '@/server/contract/plan'
import type { BottleView } from '@/server/contract/views'
import { ReachSection } from '../plan/reach-section'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { ErrorCard } from '../ui/error-card'
import { DiffView } from './diff-view'
import { RouteProblems, RouteText } from './route-text'
import { useRouteEdit } from './use-route-edit'
import { WriteToManifest } from './write-to-manifest'

interface RoutesEditorProps {
  bottle: BottleView
  routes: RoutesView
  /** Where the plan said that each credential comes from. */
  slots: readonly TokenSlot[]
}

/** The routes in force, and the text of those that can be changed while the bottle runs. */
export function RoutesEditor({ bottle, routes, slots }: RoutesEditorProps) {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-4 py-5 sm:px-6">
      <div className="mx-auto grid max-w-[1200px] items-start gap-5 xl:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <div className="@container min-w-0 space-y-4">
          <TableNotice routes={routes} />
          <Card className="overflow-hidden">
            <ReachSection egress={{ routes: routes.routes, resolve: routes.resolve, slots }} />
          </Card>
        </div>
        <Editor bottle={bottle} routes={routes} />
      </div>
    </div>
  )
}

/** What egress said of the table that was written last, where it is not simply in force. */
function TableNotice({ routes: { status } }: { routes: RoutesView }) {
  if (status.kind === 'in-force') return null
  return status.kind === 'refused' ? (
    <ErrorCard
      title="Egress refused these routes"
      meaning="The table before stays in force: what it allowed goes out, and nothing else."
      fix="Change the text and apply it again."
      detail={visibleText(status.message, 4000)}
    />
  ) : (
    <ErrorCard
      tone="needs"
      title="Egress has not confirmed these routes yet"
      meaning="It is down, restarting or slow. While it is down nothing goes out; it reads them when it is back."
    />
  )
}

function Editor({ bottle, routes: now }: { bottle: BottleView; routes: RoutesView }) {
  // What the text was begun from: an edit names it, so that two editors do not undo each other.
  const [base, setBase] = useState(now)
  const [text, setText] = useState(now.text)
  const [file, setFile] = useState<string | null>(null)
  const changed = text !== base.text
  const begin = (routes: RoutesView) => {
    setBase(routes)
    setText(routes.text)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: an untouched text follows what is in force
  useEffect(() => {
    if (!changed && now.digest !== base.digest) begin(now)
  }, [now.digest])

  const edit = useRouteEdit(changed ? { kind: 'text', text } : null, base, file)
  const { preview } = edit
  const problems = preview?.problems ?? []
  const moved = changed && now.digest !== base.digest
  const apply = async () => {
    const routes = await edit.apply()
    if (!routes) return
    begin(routes)
    setFile(null)
  }
  const name = bottleName(bottle)
  return (
    <section aria-label="Edit the routes" className="min-w-0 space-y-3">
      <header className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
        <h2 className="font-semibold text-body">Change them</h2>
        <p className="text-data text-dim">
          as <span className="machine">egress.routes</span> of a bottle file; the provider’s own are not in it
        </p>
      </header>
      {(moved || edit.conflict) && (
        <ErrorCard
          tone="needs"
          title="The routes were changed while you edited"
          meaning="Your text was begun from an earlier table, so applying it could undo that change."
          action={
            <>
              <Button size="sm" onClick={() => setBase(now)}>
                Compare mine with what is in force
              </Button>
              <Button size="sm" variant="ghost" onClick={() => begin(now)}>
                Drop mine
              </Button>
            </>
          }
        />
      )}
      <RouteText value={text} onChange={setText} problems={problems} disabled={edit.busy} />
      <RouteProblems problems={problems} />
      {!changed ? (
        <p className="text-data text-dim">
          {now.slots.length > 0 ? (
            <>
              Credentials for <span className="machine">auth.token_ref</span>:{' '}
              <span className="machine text-muted">{now.slots.join(', ')}</span>.
            </>
          ) : (
            'This bottle has no credentials, so no route can add one.'
          )}{' '}
          In force: <span className="machine">{shortDigest(now.digest, 8)}</span>
        </p>
      ) : (
        <>
          {preview && problems.length === 0 && (
            <>
              {preview.changes.length > 0 && (
                <p className="text-data [overflow-wrap:anywhere]">{preview.changes.join(' · ')}</p>
              )}
              {preview.diff === '' ? (
                <p className="text-data text-muted">Written differently, and the same routes.</p>
              ) : (
                <DiffView diff={preview.diff} label={`routes of ${name}`} />
              )}
              <WriteToManifest bottles={now.bottles} bottle={file} onBottle={setFile} preview={preview} />
            </>
          )}
          {edit.problem && !edit.conflict && (
            <p role="alert" className="rounded-control bg-failed-soft px-3 py-2 text-data text-failed">
              {edit.problem}
            </p>
          )}
          <div className="flex flex-wrap gap-2">
            <Button disabled={edit.busy} onClick={() => begin(now)}>
              Discard
            </Button>
            <Button
              variant="primary"
              busy={edit.busy}
              disabled={!preview || problems.length > 0 || moved || preview.diff === ''}
              onClick={() => void apply()}
            >
              Apply to {name}
            </Button>
          </div>
        </>
      )}
    </section>
  )
}
