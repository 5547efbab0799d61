import { notFound } from 'next/navigation'
import { cache } from 'react'
import { api, orNotFound } from '@/app/_lib/api'
import { bottleSlug } from '@/server/contract/ids'

/** The bottle of an address; asked for once however many parts of the page need it. */
export const bottleOf = cache(async (slug: string) => {
  const parsed = bottleSlug.safeParse(slug)
  if (!parsed.success) notFound()
  return api().bottles.get({ slug: parsed.data }).catch(orNotFound)
})
