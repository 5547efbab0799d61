import Link from 'next/link'
import { shortDigest } from '@/app/_lib/format'
import { Button, buttonStyle } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { Kbd } from '../ui/kbd'

/** Stays in sight: what is confirmed, what happens then, and the two verbs. Keeps its height in every state. */
export function LaunchFooter({
  digest,
  says,
  busy,
  blocked,
  onLaunch,
  verb = 'Launch',
  back = '/launch',
}: {
  digest: string | null
  /** What happens on confirm, or what stands in the way. */
  says: string
  busy: boolean
  blocked: boolean
  onLaunch: () => void
  verb?: string
  /** Where Cancel leads. */
  back?: string
}) {
  return (
    <footer
      data-own-bar
      className="sticky bottom-(--bar) z-20 -mx-px mt-auto flex min-h-14 max-w-[762px] flex-wrap items-center gap-x-4 gap-y-2 rounded-t-card border border-b-0 bg-raised px-6 py-2.5 shadow-float @max-xl:px-4 max-sm:-mx-4 max-sm:rounded-none"
    >
      <span className="flex items-center gap-1 text-data @max-xl:order-2 @max-xl:text-caption">
        <span className="text-dim">Plan</span>
        <span className="machine min-w-[12ch]">{digest ? shortDigest(digest) : '–'}</span>
        {digest && <CopyButton text={digest} label="Copy the whole digest" className="size-6" />}
      </span>
      <p role="status" className="min-w-0 flex-1 text-caption text-muted @max-xl:order-1 @max-xl:basis-full">
        {says}
      </p>
      <span className="flex gap-2 @max-xl:order-3 @max-xl:ml-auto">
        <Link href={back} className={buttonStyle()}>
          Cancel
        </Link>
        {/* Fades late: while the next plan is resolved for a moment nothing should flicker. */}
        <Button
          variant="primary"
          busy={busy}
          disabled={blocked}
          onClick={onLaunch}
          className="transition-[opacity,background-color] disabled:delay-300"
        >
          {verb}
          <span className="max-sm:hidden">
            <Kbd keys="mod+enter" bare />
          </span>
        </Button>
      </span>
    </footer>
  )
}
