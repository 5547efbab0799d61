import type { ReactNode } from 'react'
import { cn } from '@/app/_lib/cn'

/** A part of the document: a quiet heading, what it says in one line at its right, and the facts. */
export function Section({ title, about, children }: { title: string; about?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="border-t px-6 py-5 first:border-t-0 @max-xl:px-4">
      <header className="mb-3 flex flex-wrap items-baseline gap-x-3">
        <h2 className="font-semibold text-body">{title}</h2>
        {about && <p className="text-data text-dim">{about}</p>}
      </header>
      {children}
    </section>
  )
}

/** Rows of name and value, aligned over the whole document. */
export function Facts({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-[112px_minmax(0,1fr)] gap-x-4 gap-y-2.5 text-data @max-xl:grid-cols-1 @max-xl:gap-y-0.5">
      {children}
    </dl>
  )
}

export function Fact({ name, children, className }: { name: string; children: ReactNode; className?: string }) {
  return (
    <>
      <dt className="text-dim @max-xl:mt-2 @max-xl:first:mt-0">{name}</dt>
      <dd className={cn('min-w-0 [overflow-wrap:anywhere]', className)}>{children}</dd>
    </>
  )
}

/** What a machine reads, on the line of the text around it. */
export function Mono({ children, className }: { children: ReactNode; className?: string }) {
  return <span className={cn('machine text-[0.96em]', className)}>{children}</span>
}
