import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { Leftover } from '../../contract/views.ts'
import { homeHash, LABEL } from '../../engine/names.ts'
import type { EngineTools } from '../../engine/tools.ts'
import { BadInputError } from '../../errors.ts'
import { staleBuildFolders } from '../../images/debian-base.ts'
import { IMAGE_LABEL, OUR_IMAGES } from '../../images/image-labels.ts'

type Engine = Pick<EngineTools, 'docker' | 'home'>

/** What is left over besides bottles: images that a newer build replaced, probes and builds that were interrupted. */
export async function leftovers(engine: Engine): Promise<Leftover[]> {
  return (await Promise.all([oldImages(engine), strayContainers(engine), staleFolders()])).flat()
}

export async function removeLeftover({ kind, name }: Leftover, { docker }: Engine): Promise<void> {
  switch (kind) {
    case 'image':
      return docker.removeImage(name)
    case 'container':
      return docker.removeContainer(name)
    case 'folder':
      if (!(await staleBuildFolders()).includes(name)) break
      return rm(name, { recursive: true, force: true })
  }
  throw new BadInputError(`${name} is not something that the docker backend left behind. List the leftovers again.`)
}

/** Of each kind the newest is kept while its Dockerfile is there, and so is what a container uses. */
async function oldImages({ docker }: Engine): Promise<Leftover[]> {
  const [images, containers] = await Promise.all([docker.listImages(OUR_IMAGES), docker.listContainers([])])
  const used = new Set(containers.map(({ ImageID }) => ImageID))
  const newestFirst = [...images].sort((a, b) => b.Created - a.Created)
  const seen = new Set<string>()
  return newestFirst.flatMap(({ Id, RepoTags, Size, Created, Labels }): Leftover[] => {
    const kind = Labels?.[IMAGE_LABEL.kind] ?? ''
    const why = seen.has(kind) ? `A newer image replaced it (${kind}).` : goneDockerfile(kind)
    seen.add(kind)
    if (!why || used.has(Id)) return []
    const name = RepoTags?.find((tag) => !tag.startsWith('<none>')) ?? Id
    return [{ id: `image:${name}`, kind: 'image', name, slug: null, bytes: Size, createdAt: Created * 1000, why }]
  })
}

/** An operator's Dockerfile has its full path in the label. @returns why its image is left over, or null */
function goneDockerfile(kind: string): string | null {
  const file = kind.replace(/^agent /, '')
  return path.isAbsolute(file) && !existsSync(file) ? `Its Dockerfile, ${file}, is gone.` : null
}

/** Labelled as ours, of this home, and of no bottle. */
async function strayContainers({ docker, home }: Engine): Promise<Leftover[]> {
  const containers = await docker.listContainers([`${LABEL.home}=${homeHash(home)}`])
  const stray = containers.filter(({ Labels }) => !Labels[LABEL.slug])
  return stray.map(({ Id, Created }) => ({
    id: `container:${Id}`,
    kind: 'container',
    name: Id,
    slug: null,
    bytes: null,
    createdAt: Created * 1000,
    why: 'It tried out a runtime and its server was ended meanwhile.',
  }))
}

async function staleFolders(): Promise<Leftover[]> {
  return (await staleBuildFolders()).map((folder) => ({
    id: `folder:${folder}`,
    kind: 'folder',
    name: path.normalize(folder),
    slug: null,
    bytes: null,
    createdAt: null,
    why: 'A build of the base image was interrupted.',
  }))
}
