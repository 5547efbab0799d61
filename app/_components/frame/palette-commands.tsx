'use client'

import { useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Keyboard, PanelLeft, Rocket, Search, SunMoon, Unplug } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { createContext, type ReactNode, use } from 'react'
import { useFreeze } from '@/app/_components/use-freeze'
import { bottleName, inOrder } from '@/app/_lib/bottle-list'
import { isFrozen, statusLine, statusOf } from '@/app/_lib/bottle-status'
import { cn } from '@/app/_lib/cn'
import { plainLine } from '@/app/_lib/format'
import { useTRPC } from '@/app/_lib/trpc'
import { useBottles } from '@/app/_lib/use-tab-stream'
import { Kbd } from '../ui/kbd'
import { StatusShape } from '../ui/status-shape'
import { FREEZE_ALL_KEYS, FrozenChip, useFreezeAll } from './freeze-all'
import { openKeys } from './keys-dialog'
import { PLACES } from './places'
import { THEMES, useThemeName } from './theme-menu'

interface PaletteCommandsProps {
  onToggleRail: () => void
  /** Called before a command runs. */
  onClose: () => void
}

/** What closes the palette, for its entries. */
const Close = createContext(() => {})

/** The field and the list: bottles first, then agents to launch, then places and switches. */
export function PaletteCommands({ onToggleRail, onClose }: PaletteCommandsProps) {
  return (
    <Close value={onClose}>
      <Command label="Find a bottle or a command" loop>
        <div className="flex items-center gap-2.5 border-b px-4">
          <Search aria-hidden className="size-4 shrink-0 text-dim" strokeWidth={1.75} />
          <Command.Input
            autoFocus
            placeholder="Find a bottle or a command"
            className="h-12 w-full bg-transparent text-body outline-none placeholder:text-dim pointer-coarse:text-lead"
          />
        </div>
        <Command.List className="max-h-[min(400px,60dvh)] scroll-py-1 overflow-y-auto p-1">
          <Command.Empty className="px-3 py-8 text-center text-data text-muted">
            Nothing here has that name.
          </Command.Empty>
          <Entries onToggleRail={onToggleRail} />
        </Command.List>
      </Command>
    </Close>
  )
}

function Entries({ onToggleRail }: { onToggleRail: () => void }) {
  const router = useRouter()
  const [, setTheme] = useThemeName()
  const { ask: freeze } = useFreeze()
  const freezeAll = useFreezeAll()
  const bottles = inOrder(useBottles() ?? [])
  const agents = useQuery(useTRPC().manifests.list.queryOptions({})).data?.agents ?? []
  const go = (href: string) => () => router.push(href)
  return (
    <>
      {bottles.length > 0 && (
        <Group heading="Bottles">
          {bottles.map((bottle) => {
            const status = statusOf(bottle, Date.now())
            return (
              <Entry
                key={bottle.slug}
                value={`bottle ${bottle.slug} ${bottle.label ?? ''}`}
                run={go(`/bottles/${bottle.slug}`)}
              >
                <StatusShape status={status} />
                <span className="min-w-0 flex-1 truncate">{bottleName(bottle)}</span>
                {isFrozen(bottle) && <FrozenChip />}
                <span className="max-w-[45%] truncate text-dim">{plainLine(statusLine(status))}</span>
              </Entry>
            )
          })}
        </Group>
      )}
      {agents.length > 0 && (
        <Group heading="Launch">
          {agents.map((agent) => (
            <Entry
              key={`${agent.source}/${agent.name}`}
              value={`launch ${agent.source} ${agent.name}`}
              run={go(`/launch/${agent.name}`)}
            >
              <Rocket />
              <span className="min-w-0 flex-1 truncate">Launch {agent.name}</span>
              {agent.bottle && <span className="truncate text-dim">{agent.bottle}</span>}
            </Entry>
          ))}
        </Group>
      )}
      {freezeAll.label && (
        <Group heading="Egress">
          <Entry value="close open egress of all bottles" run={freezeAll.run}>
            <Unplug />
            <span className="flex-1">{freezeAll.label}</span>
            <Kbd keys={FREEZE_ALL_KEYS} />
          </Entry>
          {bottles
            .filter(({ egress }) => egress !== null)
            .map((bottle) => (
              <Entry
                key={bottle.slug}
                value={`close open egress of ${bottle.slug} ${bottle.label ?? ''}`}
                run={() => freeze(bottle, !bottle.egress?.frozen)}
              >
                <Unplug />
                <span className="min-w-0 flex-1 truncate">
                  {bottle.egress?.frozen ? 'Open egress of' : 'Close egress of'} {bottleName(bottle)}
                </span>
              </Entry>
            ))}
        </Group>
      )}
      <Group heading="Go to">
        {PLACES.map((place) => (
          <Entry key={place.href} value={`go to ${place.label}`} run={go(place.href)}>
            <place.icon />
            <span className="flex-1">{place.label}</span>
            {place.keys && <Kbd keys={place.keys} />}
          </Entry>
        ))}
      </Group>
      <Group heading="Page">
        {THEMES.map((theme) => (
          <Entry key={theme.value} value={`theme ${theme.label}`} run={() => setTheme(theme.value)}>
            <SunMoon />
            Theme: {theme.label.toLowerCase()}
          </Entry>
        ))}
        <Entry value="fold unfold rail" run={onToggleRail}>
          <PanelLeft />
          <span className="flex-1">Fold or unfold the rail</span>
          <Kbd keys="[" />
        </Entry>
        <Entry value="keys shortcuts help" run={openKeys}>
          <Keyboard />
          <span className="flex-1">Show the keys</span>
          <Kbd keys="?" />
        </Entry>
      </Group>
    </>
  )
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-caption [&_[cmdk-group-heading]]:text-dim"
    >
      {children}
    </Command.Group>
  )
}

function Entry({ value, run, children }: { value: string; run: () => void; children: ReactNode }) {
  const close = use(Close)
  return (
    <Command.Item
      value={value}
      onSelect={() => {
        close()
        run()
      }}
      className={cn(
        'flex h-9 cursor-default items-center gap-2.5 rounded-control px-3 text-data data-[selected=true]:bg-accent-soft pointer-coarse:h-11',
        '[&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:stroke-[1.75] [&>svg]:text-muted',
      )}
    >
      {children}
    </Command.Item>
  )
}
