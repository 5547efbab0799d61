'use client'

import { FileText, Package, Puzzle, TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import { useSelectedLayoutSegments } from 'next/navigation'
import { type ReactNode, useRef } from 'react'
import { cn } from '@/app/_lib/cn'
import { count } from '@/app/_lib/format'
import { useListKeys } from '@/app/_lib/use-list-keys'

export interface TreeEntry {
  name: string
  /** The bottle of an agent, the parents of a bottle, the description of a skill. */
  note: string | null
  errors: number
  warnings: number
}

export function ManifestTree({
  agents,
  bottles,
  skills,
}: {
  agents: readonly TreeEntry[]
  bottles: readonly TreeEntry[]
  skills: readonly TreeEntry[]
}) {
  const [kind, name] = useSelectedLayoutSegments()
  const list = useRef<HTMLElement>(null)
  useListKeys(list)
  if (agents.length + bottles.length + skills.length === 0) return null

  const links = (of: 'agent' | 'bottle', entries: readonly TreeEntry[], icon: ReactNode) =>
    entries.map((entry, n) => {
      const here = kind === of && name !== undefined && decodeURIComponent(name) === entry.name
      return (
        // biome-ignore lint/suspicious/noArrayIndexKey: a workspace may hold a second agent of the same name
        <li key={`${entry.name} ${n}`}>
          <Link
            href={`/manifests/${of}/${encodeURIComponent(entry.name)}`}
            data-list-item
            aria-current={here ? 'page' : undefined}
            className={cn(rowStyle, 'hover:bg-hover', here && 'border-line bg-surface hover:bg-surface')}
          >
            {icon}
            <Name entry={entry} />
          </Link>
        </li>
      )
    })

  return (
    <nav ref={list} aria-label="Files" className={cn('min-w-0 space-y-5', kind && 'max-sm:hidden')}>
      <Branch title="Agents">{links('agent', agents, <FileText />)}</Branch>
      <Branch title="Bottles">{links('bottle', bottles, <Package />)}</Branch>
      {skills.length > 0 && (
        <Branch title="Skills">
          {skills.map((skill) => (
            <li key={skill.name} className={rowStyle} title={skill.note ?? undefined}>
              <Puzzle />
              <Name entry={skill} />
            </li>
          ))}
        </Branch>
      )}
    </nav>
  )
}

const rowStyle =
  'flex h-8 items-center gap-2 rounded-control border border-transparent px-2.5 max-sm:border-0 text-data transition-colors pointer-coarse:h-11 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:stroke-[1.75] [&>svg]:text-dim'

function Branch({ title, children }: { title: string; children: ReactNode[] }) {
  return (
    <section>
      <h2 className="mb-1 px-2.5 font-medium text-caption text-dim tracking-normal">{title}</h2>
      {children.length > 0 ? (
        <ul className="flex flex-col gap-0.5 max-sm:gap-0 max-sm:divide-y max-sm:rounded-card max-sm:border max-sm:bg-surface">
          {children}
        </ul>
      ) : (
        <p className="px-2.5 text-data text-muted">None</p>
      )}
    </section>
  )
}

function Name({ entry }: { entry: TreeEntry }) {
  return (
    <>
      <span className="min-w-0 truncate">{entry.name}</span>
      {entry.note && <span className="min-w-0 flex-1 truncate text-caption text-dim">{entry.note}</span>}
      {entry.errors + entry.warnings > 0 && (
        <span
          className={cn(
            'ml-auto flex shrink-0 items-center gap-1 text-caption',
            entry.errors > 0 ? 'text-failed' : 'text-needs',
          )}
        >
          <TriangleAlert aria-hidden className="size-3.5" strokeWidth={1.75} />
          {entry.errors || entry.warnings}
          <span className="sr-only">
            {entry.errors > 0 ? count(entry.errors, 'error').slice(2) : count(entry.warnings, 'warning').slice(2)}
          </span>
        </span>
      )}
    </>
  )
}
