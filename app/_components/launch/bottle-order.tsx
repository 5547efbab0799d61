'use client'

import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import { count } from '@/app/_lib/format'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { IconButton } from '../ui/icon-button'
import { Menu, MenuItem } from '../ui/menu'

export interface BottleChoice {
  name: string
  provider: string | null
  routes: number
  /** Its file has errors; the plan says which. */
  broken: boolean
}

/** The chosen bottles from top to bottom, as they are folded. */
export function BottleOrder({
  chosen,
  all,
  onChange,
}: {
  chosen: readonly string[]
  all: readonly BottleChoice[]
  onChange: (chosen: readonly string[]) => void
}) {
  const rest = all.filter((bottle) => !chosen.includes(bottle.name))
  const swap = (at: number, by: -1 | 1) => {
    const next = [...chosen]
    ;[next[at], next[at + by]] = [next[at + by]!, next[at]!]
    onChange(next)
  }
  return (
    <div className="space-y-1.5">
      {chosen.length > 0 && (
        <ol className="divide-y rounded-control border border-line-strong">
          {chosen.map((name, n) => {
            const bottle = all.find((each) => each.name === name)
            return (
              <li key={name} className="flex h-9 items-center gap-2 pr-1 pl-3 text-data pointer-coarse:h-12">
                <span className="min-w-0 truncate">{name}</span>
                <span className="min-w-0 truncate text-caption text-dim">{bottle && noteOf(bottle)}</span>
                {bottle?.broken && <Badge tone="failed">has errors</Badge>}
                {!bottle && <Badge tone="failed">missing</Badge>}
                <span className="ml-auto flex">
                  {chosen.length > 1 && (
                    <>
                      <IconButton size="sm" label={`Move ${name} up`} disabled={n === 0} onClick={() => swap(n, -1)}>
                        <ArrowUp />
                      </IconButton>
                      <IconButton
                        size="sm"
                        label={`Move ${name} down`}
                        disabled={n === chosen.length - 1}
                        onClick={() => swap(n, 1)}
                      >
                        <ArrowDown />
                      </IconButton>
                    </>
                  )}
                  <IconButton
                    size="sm"
                    label={`Leave out ${name}`}
                    onClick={() => onChange(chosen.filter((each) => each !== name))}
                  >
                    <X />
                  </IconButton>
                </span>
              </li>
            )
          })}
        </ol>
      )}
      {rest.length > 0 && (
        <Menu
          align="start"
          trigger={
            <Button size="sm" variant="ghost" className={chosen.length > 0 ? '-ml-2' : 'border border-line-strong'}>
              <Plus />
              {chosen.length > 0 ? 'Add a bottle' : 'Choose a bottle'}
            </Button>
          }
        >
          {rest.map((bottle) => (
            <MenuItem key={bottle.name} onClick={() => onChange([...chosen, bottle.name])}>
              <span className="truncate">{bottle.name}</span>
              <span className="ml-auto pl-4 text-caption text-dim">{noteOf(bottle)}</span>
            </MenuItem>
          ))}
        </Menu>
      )}
    </div>
  )
}

const noteOf = (bottle: BottleChoice) =>
  [bottle.provider, bottle.routes === 0 ? 'no routes' : count(bottle.routes, 'route')]
    .filter((part) => part !== null)
    .join(' · ')
