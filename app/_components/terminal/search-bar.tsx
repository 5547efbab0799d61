import type { ISearchOptions, SearchAddon } from '@xterm/addon-search'
import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { IconButton } from '@/app/_components/ui/icon-button'
import { Input } from '@/app/_components/ui/input'

const FOUND: ISearchOptions = {
  decorations: {
    // Opaque hex only; readable under both themes because xterm keeps the text's contrast.
    matchBackground: '#6b5a1e',
    matchOverviewRuler: '#b08d2f',
    activeMatchBackground: '#2f7d5b',
    activeMatchColorOverviewRuler: '#2f7d5b',
  },
}

/** Searches the terminal, scrollback included. Enter goes on upwards, Shift+Enter downwards, Escape closes. */
export function SearchBar({ search, onClose }: { search: SearchAddon; onClose: () => void }) {
  const [text, setText] = useState('')
  const [found, setFound] = useState<{ index: number; count: number } | null>(null)
  const field = useRef<HTMLInputElement>(null)

  useEffect(() => {
    field.current?.focus()
    const told = search.onDidChangeResults(({ resultIndex, resultCount }) =>
      setFound({ index: resultIndex, count: resultCount }),
    )
    return () => {
      told.dispose()
      search.clearDecorations()
    }
  }, [search])

  const look = (for_: string, up: boolean, incremental = false) => {
    if (for_ === '') {
      search.clearDecorations()
      setFound(null)
    } else if (up) search.findPrevious(for_, { ...FOUND, incremental })
    else search.findNext(for_, { ...FOUND, incremental })
  }
  return (
    <search className="flex items-center gap-2 border-b bg-sunken px-2 py-1">
      <Input
        ref={field}
        mono
        aria-label="Search the terminal"
        placeholder="Search"
        value={text}
        className="max-w-80"
        onChange={({ target }) => {
          setText(target.value)
          look(target.value, true, true)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose()
          if (event.key === 'Enter') look(text, !event.shiftKey)
        }}
      />
      <span role="status" className="min-w-20 text-caption text-muted">
        {found && text !== '' && (found.count === 0 ? 'Not found' : `${found.index + 1} of ${found.count}`)}
      </span>
      <IconButton size="sm" label="Previous match" onClick={() => look(text, true)}>
        <ArrowUp />
      </IconButton>
      <IconButton size="sm" label="Next match" onClick={() => look(text, false)}>
        <ArrowDown />
      </IconButton>
      <IconButton size="sm" label="Close search" className="ml-auto" onClick={onClose}>
        <X />
      </IconButton>
    </search>
  )
}
