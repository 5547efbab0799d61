import { EmptyState } from '@/app/_components/ui/empty-state'

export default function SharedNotFound() {
  return (
    <main className="flex min-h-dvh items-center justify-center p-6">
      <EmptyState
        className="w-full max-w-[520px]"
        title="There is nothing at this link"
        hint="It may be mistyped, have ended or have been revoked. Ask whoever sent it for a new one."
      />
    </main>
  )
}
