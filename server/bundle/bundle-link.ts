import { setTimeout as sleep } from 'node:timers/promises'
import type { BundleLink } from '../bottles/backend.ts'
import type { BottleSlug } from '../contract/ids.ts'
import type { Docker } from '../engine/docker.ts'
import { homeHash, LABEL } from '../engine/names.ts'
import { type EngineTools, stateFolder } from '../engine/tools.ts'
import { HintedError } from '../errors.ts'
import { readExtraCa } from '../images/extra-ca.ts'
import { bottleCa } from '../sidecars/egress/certificates.ts'
import { tableFolder, writeTableFile } from '../sidecars/egress/table-file.ts'
import { type BundleFoundation, bundleInput, bundleRenewal } from './bundle-input.ts'
import { bundleState } from './bundle-state.ts'
import { DockerBundle } from './docker-bundle.ts'
import { keptCanary } from './kept-canary.ts'
import { keptRecipe } from './kept-recipe.ts'
import { makeBundle } from './make-bundle.ts'

/** Between attempts to read from a bundle that is not there just now. */
const RETRY_MS = 500

/** The server's way to the bundle of a bottle, found anew by label whenever it is needed. */
export function bundleLink(slug: BottleSlug, tools: EngineTools): BundleLink {
  const { docker } = tools
  const there = async (): Promise<string> => {
    const found = await findBundle(slug, tools)
    if (found) return found.Id
    throw new HintedError('The sidecar bundle of this bottle is gone.', 'Stop the bottle and launch it again.')
  }
  return {
    async tail(onLine, signal, after) {
      let last = after
      // Where the engine's record is read from: lines are numbered from the time on (see BundleLine), so the number says when.
      let since: number | null = null
      while (!signal.aborted) {
        try {
          const bundle = await findBundle(slug, tools)
          // Of one that ended its last words are read once.
          if (bundle && (bundle.State === 'running' || since === null)) {
            const from = since
            since = Date.now()
            for await (const line of new DockerBundle(docker, bundle.Id).lines(from, signal)) {
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
    state: async (signal) => bundleState(docker, (await findBundle(slug, tools))?.Id ?? null, signal),
    async ended(signal) {
      const bundle = await findBundle(slug, tools)
      if (bundle) await docker.waitContainer(bundle.Id, signal)
    },
    async start(secrets, signal) {
      const container = (await findBundle(slug, tools))?.Id ?? (await madeAgain(slug, tools))
      const input = bundleInput(await foundation(slug, container, tools), secrets)
      if (!(await docker.inspectContainer(container))?.State.Running) await docker.startContainer(container)
      await new DockerBundle(docker, container).handOver(input, signal)
    },
    renew: async (secrets, signal) => new DockerBundle(docker, await there()).handOver(bundleRenewal(secrets), signal),
  }
}

/** In the place of one that was removed, by its name, label and address. */
const madeAgain = async (slug: BottleSlug, tools: EngineTools): Promise<string> =>
  makeBundle(slug, await keptRecipe(stateFolder(tools, slug)), tools)

async function foundation(slug: BottleSlug, container: string, tools: EngineTools): Promise<BundleFoundation> {
  const state = stateFolder(tools, slug)
  const [address, ca, canary, extraCa] = await Promise.all([
    fixedAddress(tools.docker, container),
    bottleCa(state, slug),
    keptCanary(state),
    readExtraCa(tools.extraCa),
  ])
  return { address, ca, canary, extraCa }
}

/** On the one network on which its address was chosen by us: the agent's. */
async function fixedAddress(docker: Docker, container: string): Promise<string> {
  const facts = await docker.inspectContainer(container)
  const networks = Object.values(facts?.NetworkSettings.Networks ?? {})
  const address = networks.map(({ IPAMConfig }) => IPAMConfig?.IPv4Address).find(Boolean)
  if (!address) throw new HintedError('The bundle has no address.', 'Stop the bottle and launch it again.')
  return address
}

async function findBundle(slug: BottleSlug, { docker, home }: EngineTools) {
  const labels = [`${LABEL.home}=${homeHash(home)}`, `${LABEL.slug}=${slug}`, `${LABEL.role}=sidecars`]
  const [container] = await docker.listContainers(labels)
  return container ?? null
}
