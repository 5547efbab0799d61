import type { ImageInspectInfo } from 'dockerode'
import type { FreezeRun, Frozen } from '../../bottles/backend.ts'
import type { BottleSlug } from '../../contract/ids.ts'
import type { Docker } from '../../engine/docker.ts'
import { frozenImageName, homeHash, LABEL, labelsOf } from '../../engine/names.ts'
import type { EngineTools } from '../../engine/tools.ts'
import { BottleNotFoundError, HintedError } from '../../errors.ts'
import { cleanConfig, withoutRun } from './frozen-config.ts'
import { nameOnly } from './name-image.ts'
import { undisturbed } from './undisturbed.ts'

/**
 * Makes an image of what the agent's container has become: its files and nothing of its run. The container is paused
 * while the engine reads it, and goes on then.
 */
export async function freeze(
  slug: BottleSlug,
  { output, signal }: Pick<FreezeRun, 'output' | 'signal'>,
  { docker, home }: Pick<EngineTools, 'docker' | 'home'>,
): Promise<Frozen> {
  const labels = [`${LABEL.home}=${homeHash(home)}`, `${LABEL.slug}=${slug}`, `${LABEL.role}=agent`]
  const [agent] = await docker.listContainers(labels)
  if (!agent) throw new BottleNotFoundError(slug)
  const facts = await docker.inspectContainer(agent.Id)
  const image = await docker.inspectImage(agent.ImageID)
  if (!facts || !image) throw new BottleNotFoundError(slug)
  const volumes = facts.Mounts.filter(({ Type }) => Type === 'volume').map(({ Destination }) => Destination)
  for (const volume of volumes) output.say(`${volume} is a volume of the image, and is not kept`)

  output.say('Keeping the files of the container; it is paused meanwhile')
  const own = { ...cleanConfig(image.Config), Labels: labelsOf(slug, 'frozen', home) }
  const committed = await undisturbed.run(
    slug,
    () => docker.commitContainer(agent.Id, { ...own, Env: withoutRun(image.Config.Env, facts.Config.Env) }, signal),
    signal,
  )
  const reference = frozenImageName(slug)
  const made = await named(docker, { committed, config: own, reference, signal })
  const bytes = Math.max(0, made.Size - image.Size)
  output.say(`${reference}: ${Math.round(bytes / 1e6)} MB besides the image it began with`)
  return { reference, digest: made.Id, bytes, frozenAt: Date.parse(made.Created) || Date.now() }
}

interface Committed {
  committed: string
  config: ReturnType<typeof cleanConfig>
  reference: string
  signal: AbortSignal
}

/** Gives the layers a configuration of our own; an engine that takes none without its layers keeps its own. */
async function named(docker: Docker, { committed, config, reference, signal }: Committed): Promise<ImageInspectInfo> {
  const facts = await docker.inspectImage(committed)
  if (!facts) throw new HintedError('The engine lost the image that it just made.', 'Freeze it again.')
  if (await nameOnly(docker, { facts, config, reference, signal })) await docker.removeImage(committed)
  else await docker.tagImage(committed, ...(reference.split(':') as [string, string]))
  const made = await docker.inspectImage(reference)
  if (!made) throw new HintedError('The engine lost the image that it just made.', 'Freeze it again.')
  return made
}
