'use client'

import type { RoutesPreview } from '@/server/contract/network'
import { Checkbox } from '../ui/checkbox'
import { Select } from '../ui/select'
import { DiffView } from './diff-view'

/** Whether the change is kept for the next launch, in which file, and what that does to the file. */
export function WriteToManifest({
  bottles,
  bottle,
  onBottle,
  preview,
}: {
  bottles: readonly string[]
  /** Null: it is not written. */
  bottle: string | null
  onBottle: (bottle: string | null) => void
  preview: RoutesPreview | null
}) {
  const [first] = bottles
  if (first === undefined) return null
  const manifest = bottle === null ? null : (preview?.manifest ?? null)
  return (
    <div>
      <div className="flex min-h-8 flex-wrap items-center gap-x-2 gap-y-1 text-data">
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox renders its own input */}
        <label className="flex items-center gap-2">
          <Checkbox checked={bottle !== null} onCheckedChange={(on) => onBottle(on ? first : null)} />
          Also write to the manifest
        </label>
        {bottles.length > 1 && bottle !== null ? (
          <Select
            label="Bottle file"
            value={bottle}
            onValueChange={onBottle}
            options={bottles.map((name) => ({ value: name, label: `bottles/${name}.md` }))}
            className="w-52"
          />
        ) : (
          <span className="machine text-caption text-dim">bottles/{bottle ?? first}.md</span>
        )}
        <span className="w-full text-caption text-muted">
          {bottle === null
            ? 'Otherwise it ends with this bottle, and the next launch does not have it.'
            : 'Every launch of this file has it from then on.'}
        </span>
      </div>
      {manifest &&
        (manifest.diff === '' ? (
          <p className="mt-1 text-caption text-muted">The file says so already.</p>
        ) : (
          <DiffView diff={manifest.diff} label={manifest.file} className="mt-2" />
        ))}
    </div>
  )
}
