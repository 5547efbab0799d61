'use client'

import { AlertDialog as Base } from '@base-ui/react/alert-dialog'
import { type ReactElement, type ReactNode, useRef, useState } from 'react'
import { messageOf } from '@/app/_lib/error-text'
import { Button } from './button'
import { backdropStyle, popupStyle } from './dialog'

interface AlertDialogProps {
  /** A question that names the object: “Stop web-shop-fix?” */
  title: string
  /** What will be gone afterwards, in one or two sentences. */
  consequence: ReactNode
  /** Verb and object: “Stop web-shop-fix”. */
  confirm: string
  /** `primary` for an act that takes nothing away. */
  tone?: 'danger' | 'primary'
  /** The safe way out; has the focus when the dialog opens. */
  cancel?: string
  /** The dialog stays open until it is through, and says what went wrong if it fails. */
  onConfirm: () => Promise<unknown>
  trigger?: ReactElement
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

/** Asks before something that destroys. Enter never confirms by itself: the safe button has the focus. */
export function AlertDialog({
  title,
  consequence,
  confirm,
  tone = 'danger',
  cancel = 'Cancel',
  onConfirm,
  trigger,
  open: controlled,
  onOpenChange,
}: AlertDialogProps) {
  const [own, setOwn] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const safe = useRef<HTMLButtonElement>(null)
  const open = controlled ?? own

  const setOpen = (next: boolean) => {
    if (busy) return
    setProblem(null)
    setOwn(next)
    onOpenChange?.(next)
  }
  const act = async () => {
    setBusy(true)
    setProblem(null)
    try {
      await onConfirm()
      setOwn(false)
      onOpenChange?.(false)
    } catch (error) {
      setProblem(messageOf(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <Base.Root open={open} onOpenChange={(next) => setOpen(next)}>
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Backdrop className={backdropStyle} />
        <Base.Popup className={`${popupStyle} max-w-[440px]`} initialFocus={safe}>
          <div className="px-5 pt-4 pb-5">
            <Base.Title className="text-lead [overflow-wrap:anywhere]">{title}</Base.Title>
            <Base.Description render={<div />} className="mt-1.5 text-data text-muted">
              {consequence}
            </Base.Description>
            {problem && (
              <p role="alert" className="mt-3 rounded-control bg-failed-soft px-3 py-2 text-data text-failed">
                {problem}
              </p>
            )}
          </div>
          <footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-3">
            <Base.Close render={<Button ref={safe} disabled={busy} />}>{cancel}</Base.Close>
            <Button variant={tone} busy={busy} onClick={act} className="max-w-full [&>span]:truncate">
              <span>{confirm}</span>
            </Button>
          </footer>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
