import { Search } from 'lucide-react'
import type { Ref } from 'react'
import { Input } from '../ui/input'
import { Kbd } from '../ui/kbd'

/** `/` leads here; Escape empties it and leaves, Enter goes on to the first row. */
export function FilterField({
  ref,
  value,
  onChange,
  onDone,
}: {
  ref: Ref<HTMLInputElement>
  value: string
  onChange: (value: string) => void
  onDone: () => void
}) {
  return (
    <div className="relative max-sm:w-full">
      <Search aria-hidden strokeWidth={1.75} className="absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-dim" />
      <Input
        ref={ref}
        type="search"
        aria-label="Filter the bottles"
        placeholder="Filter"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            onChange('')
            event.currentTarget.blur()
          }
          if (event.key === 'Enter') onDone()
        }}
        className="w-56 pr-8 pl-8 max-sm:w-full [&::-webkit-search-cancel-button]:hidden"
      />
      {value === '' && (
        <span className="absolute top-1/2 right-2 -translate-y-1/2 max-sm:hidden">
          <Kbd keys="/" />
        </span>
      )}
    </div>
  )
}
