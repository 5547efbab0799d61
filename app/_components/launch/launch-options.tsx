'use client'

import { type ReactNode, useId } from 'react'
import { cn } from '@/app/_lib/cn'
import { isolationChoice } from '@/app/_lib/isolation-words'
import type { BackendName } from '@/server/contract/ids.ts'
import type { BottleColor } from '@/server/contract/plan.ts'
import type { IsolationView } from '@/server/contract/views.ts'
import { Card } from '../ui/card'
import { Input } from '../ui/input'
import { type BottleChoice, BottleOrder } from './bottle-order'
import { ColorSwatches } from './color-swatches'

export interface Options {
  bottles: readonly string[]
  backend: BackendName
  label: string
  color: BottleColor | null
  workspace: { path: string; mode: 'copy' | 'none' }
}

/** One column of choices; each change resolves the plan again. */
export function LaunchOptions({
  options,
  onChange,
  bottles,
  isolation,
}: {
  options: Options
  onChange: (part: Partial<Options>) => void
  bottles: readonly BottleChoice[]
  /** What this machine can isolate with. */
  isolation: readonly IsolationView[]
}) {
  const id = useId()
  const { workspace } = options
  return (
    <Card className="divide-y">
      <Row label="Bottles" note="Folded in this order">
        <BottleOrder chosen={options.bottles} all={bottles} onChange={(next) => onChange({ bottles: next })} />
      </Row>
      <Row label="Isolation">
        <Choices
          label="Isolation"
          name={`${id}backend`}
          value={options.backend}
          options={isolation.map(isolationChoice)}
          onChange={(backend) => onChange({ backend })}
        />
      </Row>
      <Row label="Workspace">
        <Choices
          label="Workspace"
          name={`${id}mode`}
          value={workspace.mode}
          options={[
            { value: 'none', label: 'Empty', note: 'The agent starts in an empty folder.' },
            { value: 'copy', label: 'A copy of a folder', note: 'Without what .gitignore leaves out.' },
          ]}
          onChange={(mode) => onChange({ workspace: { ...workspace, mode } })}
        />
        {workspace.mode === 'copy' && (
          <Input
            mono
            aria-label="Folder to copy"
            placeholder="/home/you/projects/web-shop"
            value={workspace.path}
            onChange={(event) => onChange({ workspace: { ...workspace, path: event.target.value } })}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            className="mt-2"
          />
        )}
      </Row>
      <Row label="Label" htmlFor={`${id}label`} note="Names this run">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Input
            id={`${id}label`}
            placeholder="Optional"
            value={options.label}
            onChange={(event) => onChange({ label: event.target.value })}
            autoComplete="off"
            className="min-w-44 flex-1"
          />
          <ColorSwatches value={options.color} onChange={(color) => onChange({ color })} />
        </div>
      </Row>
    </Card>
  )
}

function Row({
  label,
  note,
  htmlFor,
  children,
}: {
  label: string
  note?: string
  htmlFor?: string
  children: ReactNode
}) {
  return (
    <div className="grid grid-cols-[112px_minmax(0,1fr)] gap-4 px-6 py-3.5 @max-xl:grid-cols-1 @max-xl:gap-1.5 @max-xl:px-4">
      <div className="pt-1.5 text-data leading-5 @max-xl:flex @max-xl:items-baseline @max-xl:gap-2 @max-xl:pt-0">
        {htmlFor ? (
          <label htmlFor={htmlFor} className="font-medium">
            {label}
          </label>
        ) : (
          <span className="font-medium">{label}</span>
        )}
        {note && <p className="text-caption text-dim">{note}</p>}
      </div>
      <div className="min-w-0">{children}</div>
    </div>
  )
}

/** Radio buttons as two cards, each with what it means. */
function Choices<T extends string>({
  label,
  name,
  value,
  options,
  onChange,
}: {
  label: string
  name: string
  value: T
  options: readonly { value: T; label: string; note: string }[]
  onChange: (value: T) => void
}) {
  return (
    <fieldset aria-label={label} className="grid grid-cols-2 gap-2 @max-xl:grid-cols-1">
      {options.map((option) => (
        <label
          key={option.value}
          className={cn(
            'flex cursor-pointer gap-2.5 rounded-control border px-3 py-2 transition-colors hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent',
            option.value === value ? 'border-accent bg-accent-soft/40 hover:bg-accent-soft/40' : 'border-line-strong',
          )}
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            className="mt-[3px] size-3.5 shrink-0 outline-none"
          />
          <span className="min-w-0">
            <span className="block text-data leading-5">{option.label}</span>
            <span className="block text-caption text-dim">{option.note}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
