import type { EngineFacts } from '../../bottles/machine-facts.ts'
import type { Docker } from '../../engine/docker.ts'
import type { RunscProbe } from '../../engine/probe-runsc.ts'
import { DEBIAN_BASE } from '../../images/debian-base.ts'
import { DEFAULT_BASE_IMAGE } from '../../providers/base-image.ts'

/** What the doctor tells of the engine. @throws BackendUnavailableError when it does not answer */
export async function engineFacts(docker: Docker, runsc: RunscProbe): Promise<EngineFacts> {
  const [version, info] = await Promise.all([docker.version(), docker.info()])
  const bases = await Promise.all([DEFAULT_BASE_IMAGE, DEBIAN_BASE].map((base) => docker.inspectImage(base)))
  return {
    name: `Docker ${version.Version}`,
    apiVersion: version.ApiVersion,
    storage: info.DockerRootDir,
    hasRunsc: 'runsc' in ((info.Runtimes ?? {}) as Readonly<Record<string, unknown>>),
    runscWorks: await runsc.works(),
    hasBaseImage: bases.some((base) => base !== null),
  }
}
