'use client'

import { ListFilter, Plus } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useRef } from 'react'
import { type Grouping, grouped, matching, summary } from '@/app/_lib/bottle-list'
import { useAddressState } from '@/app/_lib/use-address-state'
import { useKeys } from '@/app/_lib/use-keys'
import { useListKeys } from '@/app/_lib/use-list-keys'
import { useBottles } from '@/app/_lib/use-tab-stream'
import type { BottleView } from '@/server/contract/views.ts'
import { PageHeader } from '../frame/page-header'
import { Button, buttonStyle } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Kbd } from '../ui/kbd'
import { Menu, MenuChoice } from '../ui/menu'
import { BottleRow } from './bottle-row'
import { FilterField } from './filter-field'
import { FirstSteps } from './first-steps'

const GROUP_NAMES: Readonly<Record<Grouping, string>> = {
  none: 'Not grouped',
  state: 'State',
  agent: 'Agent',
  backend: 'Backend',
}

/** Every bottle, those that need the operator first. Filter and grouping live in the address. */
export function Overview({
  initial,
  homeIsEmpty,
  home,
}: {
  initial: readonly BottleView[]
  homeIsEmpty: boolean
  home: string
}) {
  const router = useRouter()
  const bottles = useBottles(initial) ?? initial
  const [query, setQuery] = useAddressState<string>('q', '')
  const [group, setGroup] = useAddressState<Grouping>('group', 'none')
  const filter = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  useKeys([{ keys: '/', label: 'Filter the bottles', run: () => filter.current?.focus() }])
  useListKeys(list)

  // The list of agents may be in the router's cache as it was before there were any.
  const showAgents = () => {
    router.push('/launch')
    router.refresh()
  }
  const shown = matching(bottles, query)
  const groups = grouped(shown, group in GROUP_NAMES ? group : 'none')

  return (
    <>
      <PageHeader
        title="Bottles"
        about={summary(bottles)}
        actions={
          bottles.length > 0 && (
            <>
              <FilterField
                ref={filter}
                value={query}
                onChange={setQuery}
                onDone={() => list.current?.querySelector<HTMLElement>('[data-list-item]')?.focus()}
              />
              <Menu
                trigger={
                  <Button className="max-sm:hidden">
                    <ListFilter />
                    {group === 'none' ? 'Group' : GROUP_NAMES[group]}
                  </Button>
                }
              >
                <MenuChoice
                  label="Group by"
                  value={group}
                  onValueChange={setGroup}
                  options={(Object.keys(GROUP_NAMES) as Grouping[]).map((value) => ({
                    value,
                    label: GROUP_NAMES[value],
                  }))}
                />
              </Menu>
              <Link href="/launch" className={buttonStyle({ variant: 'primary', className: 'max-sm:hidden' })}>
                <Plus />
                Launch
                <Kbd keys="n" bare />
              </Link>
            </>
          )
        }
      />
      <div ref={list}>
        {bottles.length === 0 ? (
          <FirstSteps homeIsEmpty={homeIsEmpty} home={home} onReady={showAgents} />
        ) : shown.length === 0 ? (
          <EmptyState
            title={`No bottle matches “${query}”.`}
            action={<Button onClick={() => setQuery('')}>Show all {bottles.length}</Button>}
          />
        ) : (
          groups.map(({ title, bottles: members }) => (
            <section key={title ?? ''} aria-label={title ?? 'Bottles'} className="mb-6">
              {title && (
                <h2 className="mb-2 font-medium text-caption text-muted tracking-normal">
                  {title} <span className="font-normal text-dim">{members.length}</span>
                </h2>
              )}
              <ul className="divide-y overflow-hidden rounded-card border bg-surface max-sm:flex max-sm:flex-col max-sm:gap-3 max-sm:divide-y-0 max-sm:overflow-visible max-sm:rounded-none max-sm:border-0 max-sm:bg-transparent">
                {members.map((bottle) => (
                  <BottleRow key={bottle.slug} bottle={bottle} />
                ))}
              </ul>
            </section>
          ))
        )}
      </div>
    </>
  )
}
