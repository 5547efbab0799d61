import { Engine } from './engine/engine.ts'
import { HOME_LABEL } from './machine/names.ts'
import { homeDigest } from './record/places.ts'

/**
 * Removes whatever containers a home of the double left in the engine: orphans that a version before 0.8.1 makes, and
 * what a killed test did not get to. @param dataDir such as `<HOME>/.local/share/smolvm`
 */
export async function clearHome(dataDir: string): Promise<void> {
  const engine = await Engine.connect()
  const home = homeDigest(dataDir)
  const filters = encodeURIComponent(JSON.stringify({ label: [`${HOME_LABEL}=${home}`] }))
  const left = await engine.call<{ Id: string }[]>('GET', `/containers/json?all=1&filters=${filters}`)
  for (const { Id } of left ?? []) await engine.call('DELETE', `/containers/${Id}?force=1&v=1`)
  const ours = encodeURIComponent(JSON.stringify({ reference: [`fake-smolvm.invalid/${home}`] }))
  const images = await engine.call<{ RepoTags: string[] | null }[]>('GET', `/images/json?filters=${ours}`)
  for (const tag of (images ?? []).flatMap(({ RepoTags }) => RepoTags ?? [])) {
    if (tag.includes(home)) await engine.call('DELETE', `/images/${tag}`).catch(() => null)
  }
}
