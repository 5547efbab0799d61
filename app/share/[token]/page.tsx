import type { Metadata } from 'next'
import { cache } from 'react'
import { api, orNotFound } from '@/app/_lib/api'
import { SharedLog } from './shared-log'
import { SharedTerminal } from './shared-terminal'
import { sharedTitle } from './shared-title'

interface SharePageProps {
  params: Promise<{ token: string }>
}

/** What a link shows; asked for once by the page and its title. */
const sharedOf = cache((token: string) => api().shares.view({ token }).catch(orNotFound))

/** No referrer: the address is the key. */
export async function generateMetadata({ params }: SharePageProps): Promise<Metadata> {
  return { title: sharedTitle(await sharedOf((await params).token)), referrer: 'no-referrer' }
}

/** For somebody else: no rail, no verbs, only what the link shows. Unknown, ended and revoked links are 404 alike. */
export default async function SharePage({ params }: SharePageProps) {
  const { token } = await params
  const shared = await sharedOf(token)
  return shared.kind === 'log' ? (
    <SharedLog token={token} shared={shared} />
  ) : (
    <SharedTerminal token={token} shared={shared} />
  )
}
