import type { ReactNode } from 'react'
import { Refusal } from './refusal'
import type { Confirmation } from './use-confirmation'

/** What is reviewed, around its fields for secrets, with the reason why nothing was launched at its top. */
export function ReviewForm({
  confirmation: { form, missing, refused },
  children,
}: {
  confirmation: Confirmation
  children: ReactNode
}) {
  return (
    <form
      ref={form}
      noValidate
      autoComplete="off"
      data-tried={missing !== null || undefined}
      onSubmit={(event) => event.preventDefault()}
      className="group/tried mb-4 space-y-4"
    >
      {refused && <Refusal failure={refused} />}
      {children}
    </form>
  )
}
