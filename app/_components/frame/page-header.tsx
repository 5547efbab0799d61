import type { ReactNode } from 'react'

/** The top line of a page: title, what it is about in one grey line, actions at the right. */
export function PageHeader({ title, about, actions }: { title: ReactNode; about?: ReactNode; actions?: ReactNode }) {
  return (
    <header className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-2 py-3">
      <div className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-3 gap-y-0.5 max-sm:basis-full">
        <h1 className="truncate text-title">{title}</h1>
        {about && <p className="min-w-0 text-data text-muted">{about}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2 max-sm:w-full max-sm:empty:hidden">{actions}</div>}
    </header>
  )
}
