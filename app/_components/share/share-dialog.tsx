'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactElement, useEffect, useState } from 'react'
import { messageOf } from '@/app/_lib/error-text'
import { type LineRange, rangeText } from '@/app/_lib/log/line-range'
import { useTRPC } from '@/app/_lib/trpc'
import type { BottleSlug } from '@/server/contract/ids'
import type { ShareCreated } from '@/server/contract/views'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { Dialog } from '../ui/dialog'
import { Input } from '../ui/input'
import { Select } from '../ui/select'
import { ShareList } from './share-list'

const ENDS = [
  { value: '1', label: '1 hour' },
  { value: '24', label: '1 day' },
  { value: '168', label: '7 days' },
  { value: '720', label: '30 days' },
] as const
type Hours = (typeof ENDS)[number]['value']
type What = 'log' | 'lines' | 'terminal'

interface ShareDialogProps {
  slug: BottleSlug
  /** As the operator calls it. */
  name: string
  /** Lines that are chosen in the log, offered first. */
  range?: LineRange
  /** What is chosen when the dialog opens. */
  initial?: What
  trigger?: ReactElement
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

/** Makes links for somebody else to read a log or a recording, and takes them back. */
export function ShareDialog({ slug, name, range, initial, trigger, open: controlled, onOpenChange }: ShareDialogProps) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const [own, setOwn] = useState(false)
  const open = controlled ?? own
  const [what, setWhat] = useState<What>(initial ?? (range ? 'lines' : 'log'))
  const [hours, setHours] = useState<Hours>('168')
  const [made, setMade] = useState<ShareCreated | null>(null)
  const create = useMutation(trpc.shares.create.mutationOptions())
  const list = useQuery(trpc.shares.list.queryOptions({ slug }, { enabled: open }))

  const reset = create.reset
  useEffect(() => {
    if (open) return setWhat(initial ?? (range ? 'lines' : 'log'))
    setMade(null)
    reset()
  }, [open, reset, initial, range])

  const options: { value: What; label: string; note: string }[] = [
    ...(range ? [{ value: 'lines' as const, label: rangeText(range), note: 'Only the lines that are chosen' }] : []),
    { value: 'log', label: 'The whole log', note: 'Launch and build output, live while the bottle runs' },
    { value: 'terminal', label: 'The terminal', note: 'A replay of what the agent showed so far' },
  ]
  const make = async () => {
    const share = await create.mutateAsync({
      slug,
      kind: what === 'terminal' ? 'terminal' : 'log',
      expiresInHours: Number(hours),
      ...(what === 'lines' && range && { fromLine: range.from, toLine: range.to }),
    })
    setMade(share)
    await queries.invalidateQueries(trpc.shares.list.queryFilter())
  }

  return (
    <Dialog
      title={`Share ${name}`}
      description="Whoever has the link can read, and do nothing else. Secrets are masked. You can revoke it at any time."
      className="max-w-[520px]"
      {...(trigger && { trigger })}
      open={open}
      onOpenChange={(next) => {
        setOwn(next)
        onOpenChange?.(next)
      }}
    >
      <form
        className="grid grid-cols-[minmax(0,1fr)_120px_auto] items-end gap-2 max-sm:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault()
          void make().catch(() => {})
        }}
      >
        <Field label="What">
          <Select label="What to share" value={what} onValueChange={setWhat} options={options} />
        </Field>
        <Field label="Ends after">
          <Select label="Ends after" value={hours} onValueChange={setHours} options={ENDS} />
        </Field>
        <Button type="submit" variant="primary" busy={create.isPending} className="max-sm:col-span-2">
          Create link
        </Button>
      </form>
      {create.isError && (
        <p role="alert" className="mt-3 rounded-control bg-failed-soft px-3 py-2 text-data text-failed">
          {messageOf(create.error)}
        </p>
      )}
      {made && <MadeLink path={made.path} />}
      <ShareList shares={list.data ?? null} problem={list.error ? messageOf(list.error) : null} />
    </Dialog>
  )
}

function Field({ label, children }: { label: string; children: ReactElement }) {
  return (
    <div className="min-w-0">
      <p className="mb-1 text-caption text-muted">{label}</p>
      {children}
    </div>
  )
}

/** The one time that the link can be seen: only its hash is stored. */
function MadeLink({ path }: { path: string }) {
  const link = `${location.origin}${path}`
  return (
    <div className="mt-4 rounded-control bg-accent-soft p-3">
      <div className="flex items-center gap-1">
        <Input mono readOnly aria-label="Link" value={link} onFocus={(event) => event.currentTarget.select()} />
        <CopyButton text={link} label="Copy link" size="md" />
      </div>
      <p className="mt-2 text-caption text-muted">Copy it now: it is shown this once and cannot be looked up later.</p>
    </div>
  )
}
