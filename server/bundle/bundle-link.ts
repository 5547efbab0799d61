import { setTimeout as sleep } from 'node:timers/promises'
import type { BundleLink } from '../bottles/backend.ts'
import type { BottleSlug } from '../contract/ids.ts'
import { homeHash, LABEL } from '../engine/names.ts'
import { type EngineTools, stateFolder } from '../engine/tools.ts'
import { tableFolder, writeTableFile } from '../sidecars/egress/table-file.ts'
import { DockerBundle } from './docker-bundle.ts'

/** Between attempts to read from a bundle that is not there just now. */
const RETRY_MS = 500

/** The server's way to the bundle of a bottle, found anew by label whenever it is needed. */
export const bundleLink = (slug: BottleSlug, tools: EngineTools): BundleLink => ({
  async tail(onLine, signal, after) {
    let last = after
    // Where the engine's record is read from: lines are numbered from the time on (see BundleLine), so the number says when.
    let since: number | null = null
    while (!signal.aborted) {
      try {
        const bundle = await findBundle(slug, tools)
        if (bundle) {
          const from = since
          since = Date.now()
          for await (const line of bundle.lines(from, signal)) {
            if (line.n <= last) continue
            last = line.n
            onLine(line)
          }
        }
      } catch {
        // The engine is away: what was told meanwhile is in its record when it is back.
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {})
    }
  },
  writeTable: (text) => writeTableFile(tableFolder(stateFolder(tools, slug)), text),
})

async function findBundle(slug: BottleSlug, { docker, home }: EngineTools): Promise<DockerBundle | null> {
  const labels = [`${LABEL.home}=${homeHash(home)}`, `${LABEL.slug}=${slug}`, `${LABEL.role}=sidecars`]
  const [container] = await docker.listContainers(labels)
  return container?.State === 'running' ? new DockerBundle(docker, container.Id) : null
}
