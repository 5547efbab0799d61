'use client'

import { PageBody } from './_components/frame/page-body'
import { Button } from './_components/ui/button'
import { ErrorCard } from './_components/ui/error-card'
import { messageOf } from './_lib/error-text'

/** A page that could not be drawn. Production hides the message of a server error; the digest finds it in the log. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <PageBody className="pt-12">
      <ErrorCard
        className="mx-auto max-w-[640px]"
        title="This page could not be drawn"
        meaning={
          error.digest
            ? `The server met an error while reading what the page shows; its log has it under ${error.digest}. Bottles keep running.`
            : `${messageOf(error)} Bottles keep running.`
        }
        fix="Try again. If it stays, the System page tells what is missing."
        action={
          <>
            <Button variant="primary" onClick={reset}>
              Try again
            </Button>
            <Button onClick={() => window.location.assign('/system')}>Open System</Button>
          </>
        }
      />
    </PageBody>
  )
}
