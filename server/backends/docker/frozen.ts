import type { FrozenThing } from '../../bottles/backend.ts'
import { bottleSlug } from '../../contract/ids.ts'
import type { FrozenPlan } from '../../contract/plan.ts'
import { statusOf } from '../../engine/engine-errors.ts'
import { homeHash, LABEL } from '../../engine/names.ts'
import type { EngineTools } from '../../engine/tools.ts'
import { HintedError, messageOf } from '../../errors.ts'

type Engine = Pick<EngineTools, 'docker' | 'home'>

/** Every image that bottles of this home were frozen into, with and without a name. */
export async function frozen({ docker, home }: Engine): Promise<FrozenThing[]> {
  const images = await docker.listImages(`${LABEL.role}=frozen`)
  return images.flatMap(({ Id, RepoTags, Size, Created, Labels }): FrozenThing[] => {
    const slug = bottleSlug.safeParse(Labels?.[LABEL.slug])
    if (Labels?.[LABEL.home] !== homeHash(home) || !slug.success) return []
    const name = RepoTags?.find((tag) => !tag.startsWith('<none>')) ?? Id.slice(0, 19)
    return [{ slug: slug.data, digest: Id, kind: 'image', name, bytes: Size, createdAt: Created * 1000 }]
  })
}

/** What a container or a newer image stands on stays until they are gone. */
export async function discardFrozen(slug: string, keep: string | null, engine: Engine): Promise<void> {
  for (const { digest, ...image } of await frozen(engine)) {
    if (image.slug !== slug || digest === null || digest === keep) continue
    await engine.docker.removeImage(digest).catch((error: unknown) => {
      if (!isInUse(error)) throw error
    })
  }
}

const isInUse = (error: unknown): boolean =>
  statusOf(error) === 409 && /in use|used by|dependent child|using/i.test(messageOf(error))

/** The image to resume from, by its id and not by its name. @throws HintedError when it is not there any more */
export async function frozenImage({ digest, reference }: FrozenPlan, { docker }: Engine): Promise<string> {
  const image = await docker.inspectImage(digest)
  if (image) return image.Id
  throw new HintedError(
    `What the bottle was frozen into, ${reference}, is not on this engine any more.`,
    'It was removed from outside. Launch the agent anew.',
  )
}
