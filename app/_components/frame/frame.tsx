'use client'

import { usePathname } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { ApiProvider } from '@/app/_lib/trpc'
import { TabStreamProvider } from '@/app/_lib/use-tab-stream'
import { BottomBar } from './bottom-bar'
import { ConnectionNotice } from './connection-notice'
import { FrameKeys } from './frame-keys'
import { Notifications } from './notifications'
import { Rail } from './rail'
import { rememberRail } from './rail-width'
import { TabSign } from './tab-sign'

/** Rail, streams, keys and palette around every page; a shared page stands alone and knows of none of them. */
export function Frame({ narrow: initial, children }: { narrow: boolean; children: ReactNode }) {
  const shared = usePathname().startsWith('/share/')
  const [narrow, setNarrow] = useState(initial)
  if (shared) return children

  const toggleRail = () => {
    rememberRail(!narrow)
    setNarrow(!narrow)
  }
  return (
    <ApiProvider>
      <TabStreamProvider>
        <a
          href="#content"
          className="-translate-y-16 fixed top-2 left-2 z-60 rounded-control bg-accent px-3 py-2 text-accent-ink focus:translate-y-0"
        >
          Skip to the page
        </a>
        <div className="flex min-h-dvh [--bar:0px] max-sm:[--bar:calc(56px+env(safe-area-inset-bottom))]">
          <Rail narrow={narrow} onToggle={toggleRail} />
          <div id="content" tabIndex={-1} className="flex min-w-0 flex-1 flex-col pb-(--bar) outline-none">
            {children}
          </div>
          <ConnectionNotice />
          <BottomBar />
        </div>
        <FrameKeys onToggleRail={toggleRail} />
        <TabSign />
        <Notifications />
      </TabStreamProvider>
    </ApiProvider>
  )
}
