import { api, orNotFound } from '@/app/_lib/api'
import type { BottleSlug } from '@/server/contract/ids'
import type { LogOutline, LogPage } from '@/server/contract/views'

/** The marks of a log and its last lines. @param lines how many */
export async function logOf(slug: BottleSlug, lines: number): Promise<{ outline: LogOutline; page: LogPage }> {
  const outline = await api().logs.outline({ slug }).catch(orNotFound)
  const from = Math.max(1, outline.total - lines + 1)
  const page = await api().logs.page({ slug, from, count: lines }).catch(orNotFound)
  return { outline, page: { ...page, lines: page.lines.filter(({ n }) => n <= outline.total) } }
}
