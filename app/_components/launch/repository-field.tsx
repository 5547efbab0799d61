'use client'

import { FolderGit2 } from 'lucide-react'
import { useId, useState } from 'react'
import { Button } from '../ui/button'
import { Input } from '../ui/input'

/** A repository may bring agents of its own; their bottles are always the home's. Enter or leaving the field takes it. */
export function RepositoryField({
  value,
  onChange,
  says,
}: {
  value: string
  onChange: (path: string) => void
  says: string | null
}) {
  const id = useId()
  const [open, setOpen] = useState(value !== '')
  if (!open) {
    return (
      <Button variant="ghost" size="sm" className="mt-2 ml-1" onClick={() => setOpen(true)}>
        <FolderGit2 />
        Agents of a repository
      </Button>
    )
  }
  const take = (text: string) => {
    if (text.trim() !== value) onChange(text.trim())
  }
  return (
    <div className="mt-4 mb-2 border-t px-1 pt-3">
      <label htmlFor={id} className="mb-1 block px-2 text-caption text-dim">
        Agents of the repository
      </label>
      <Input
        id={id}
        mono
        autoFocus={value === ''}
        defaultValue={value}
        placeholder="/home/you/projects/web-shop"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onBlur={(event) => take(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && take(event.currentTarget.value)}
      />
      {says && (
        <p role="status" className="mt-1.5 px-2 text-caption text-muted [overflow-wrap:anywhere]">
          {says}
        </p>
      )}
    </div>
  )
}
