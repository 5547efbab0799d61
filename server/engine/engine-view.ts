import type { EngineView } from '../contract/views.ts'
import { messageOf } from '../errors.ts'
import type { Docker } from './docker.ts'
import type { RunscProbe } from './probe-runsc.ts'

/** What the page shows of the engine. Never throws: an engine that does not answer is an answer. */
export async function engineView(docker: Docker, runsc: RunscProbe): Promise<EngineView> {
  try {
    const { Version, Platform } = await docker.version()
    const name = Platform?.Name?.startsWith('Podman') ? 'Podman' : 'Docker'
    const runtime = (await runsc.works()) ? 'runsc' : 'runc'
    return { reachable: true, name: `${name} ${Version.replace(/\+.*$/, '')}`, runtime, problem: null }
  } catch (error) {
    return { reachable: false, name: 'Docker', runtime: 'runc', problem: messageOf(error) }
  }
}
