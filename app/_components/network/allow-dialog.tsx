'use client'

import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { bottleName } from '@/app/_lib/bottle-list'
import { choiceWords, type PathChoice, pathChoices } from '@/app/_lib/network/path-choices'
import { credentialWords } from '@/app/_lib/plan-words'
import { useTRPC } from '@/app/_lib/trpc'
import { visibleText } from '@/app/_lib/visible-text'
import type { NetworkRequest, RoutesView } from '@/server/contract/network'
import type { BottleView } from '@/server/contract/views'
import { Button } from '../ui/button'
import { Dialog, DialogClose } from '../ui/dialog'
import { Skeleton } from '../ui/skeleton'
import { DiffView } from './diff-view'
import { RouteProblems } from './route-text'
import { useRouteEdit } from './use-route-edit'
import { WriteToManifest } from './write-to-manifest'

/** Lets through one kind of request that was refused: as little as possible, with all that follows from it in view. */
export function AllowDialog({
  bottle,
  request,
  onClose,
}: {
  bottle: BottleView
  request: NetworkRequest | null
  onClose: () => void
}) {
  // Kept while it closes, so that it does not empty before the eye.
  const [kept, setKept] = useState(request)
  if (request && request !== kept) setKept(request)
  const trpc = useTRPC()
  const routes = useQuery(trpc.routes.get.queryOptions({ slug: bottle.slug }, { enabled: request !== null }))
  return (
    <Dialog
      open={request !== null}
      onOpenChange={(open) => !open && onClose()}
      title="Allow this kind of request"
      description={
        kept && (
          <span className="machine block max-h-24 overflow-auto [overflow-wrap:anywhere]">
            {visibleText(kept.method, 20)} {visibleText(kept.host)}
            {kept.port !== 443 && `:${kept.port}`}
            {visibleText(kept.path)}
          </span>
        )
      }
      className="max-w-[600px]"
    >
      {kept && routes.data ? (
        <Choice key={kept.id} bottle={bottle} request={kept} routes={routes.data} onClose={onClose} />
      ) : routes.error ? (
        <p role="alert" className="text-data text-failed">
          {routes.error.message}
        </p>
      ) : (
        <Skeleton className="h-80" />
      )}
    </Dialog>
  )
}

const EVERY_PATH: readonly PathChoice[] = [{ type: 'prefix', value: '/' }]

interface ChoiceProps {
  bottle: BottleView
  request: NetworkRequest
  routes: RoutesView
  onClose: () => void
}

function Choice({ bottle, request, routes, onClose }: ChoiceProps) {
  const name = useId()
  // Refused at its host, a tunnel never showed the request inside it: neither method nor path is known.
  const tunnel = request.method === 'CONNECT'
  const paths = tunnel ? EVERY_PATH : pathChoices(request.path)
  const [chosen, setChosen] = useState(0)
  const [file, setFile] = useState<string | null>(null)
  const path = paths[chosen]!
  const methods = tunnel ? ['GET', 'HEAD'] : [request.method]
  const edit = useRouteEdit({ kind: 'allow', host: request.host, port: request.port, methods, path }, routes, file)
  const { preview } = edit
  const problems = preview?.problems ?? []
  const whose = bottleName(bottle)
  const submit = async () => {
    if (await edit.apply()) onClose()
  }
  return (
    <div className="space-y-4">
      <fieldset>
        <legend className="mb-1 font-medium text-data">What is allowed</legend>
        <div className="divide-y rounded-control border">
          {paths.map((each, index) => (
            <label
              key={`${each.type} ${each.value}`}
              className="flex min-h-9 items-start gap-2.5 px-3 py-2 text-data has-checked:bg-accent-soft pointer-coarse:min-h-11"
            >
              <input
                type="radio"
                name={name}
                checked={index === chosen}
                onChange={() => setChosen(index)}
                className="mt-0.5 size-3.5 shrink-0"
              />
              <span className="machine max-h-16 min-w-0 overflow-auto [overflow-wrap:anywhere]">
                {visibleText(choiceWords(each), 1000)}
              </span>
            </label>
          ))}
        </div>
        {tunnel && (
          <p className="mt-1.5 text-caption text-muted">
            The tunnel was refused by its host alone, so the method and path inside it were never seen. This lets the
            agent read; what it asks for next shows its path. Edit the routes to allow less, or more.
          </p>
        )}
      </fieldset>
      <Consequence
        request={request}
        methods={methods}
        routes={routes}
        whose={whose}
        everyPath={path.value === '/' && path.type === 'prefix'}
      />
      <div className="min-h-24">
        {preview === null && edit.problem === null ? (
          <Skeleton className="h-24" />
        ) : problems.length > 0 ? (
          <RouteProblems problems={problems} />
        ) : preview?.diff === '' ? (
          <p className="text-data text-muted">The routes allow this already; the next attempt goes through.</p>
        ) : (
          preview && <DiffView diff={preview.diff} label={`routes of ${whose}`} />
        )}
      </div>
      <WriteToManifest bottles={routes.bottles} bottle={file} onBottle={setFile} preview={preview} />
      {edit.problem && (
        <p role="alert" className="rounded-control bg-failed-soft px-3 py-2 text-data text-failed">
          {edit.problem}
        </p>
      )}
      <div className="sticky bottom-0 -mx-5 -mb-4 flex flex-wrap justify-end gap-2 border-t bg-raised px-5 py-3">
        <DialogClose render={<Button disabled={edit.busy} />}>Keep it refused</DialogClose>
        <Button
          variant="primary"
          busy={edit.busy}
          disabled={!preview || problems.length > 0 || (preview.diff === '' && !preview.manifest?.diff)}
          onClick={() => void submit()}
          className="max-w-full [&>span]:truncate"
        >
          <span>Allow on {visibleText(request.host, 60)}</span>
        </Button>
      </div>
    </div>
  )
}

interface ConsequenceProps {
  request: NetworkRequest
  methods: readonly string[]
  routes: RoutesView
  whose: string
  everyPath: boolean
}

/** What follows, in sentences: who may do what, with which credential, and what still holds. */
function Consequence({ request, methods, routes, whose, everyPath }: ConsequenceProps) {
  const there = routes.routes.find(({ host }) => host === request.host.toLowerCase())
  const writes = methods.some((method) => !['GET', 'HEAD', 'OPTIONS'].includes(method))
  return (
    <div className="text-data">
      <p>
        From now on the agent in {whose} may send <span className="machine">{visibleText(methods.join(', '), 60)}</span>{' '}
        {everyPath ? 'for any path' : 'for what is chosen above'} to{' '}
        <span className="machine [overflow-wrap:anywhere]">{visibleText(request.host, 300)}</span>, as often as it likes
        and with any query{writes ? ' and body' : ''}.
      </p>
      <ul className="mt-1.5 list-disc space-y-0.5 pl-5 text-muted marker:text-dim">
        {writes && (
          <li>{visibleText(methods.join(', '), 60)} can change things there, and carries what the agent puts in it.</li>
        )}
        {there?.auth ? (
          <li className="text-needs">
            The route to this host adds a credential: {credentialWords(there.auth, [])}. What you allow is sent with it.
          </li>
        ) : (
          <li>No credential is added.</li>
        )}
        <li>It is scanned for secrets, as every request is.</li>
      </ul>
    </div>
  )
}
