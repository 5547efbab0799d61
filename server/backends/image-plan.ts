import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import type { MachineFacts } from '../bottles/machine-facts.ts'
import type { Sha256 } from '../contract/ids.ts'
import type { ImagePlan, PlanNotice } from '../contract/plan.ts'
import { digestFolder, FolderRefusedError } from '../lib/folder-digest.ts'
import { DEFAULT_BASE_IMAGE } from '../providers/base-image.ts'

/** A build's context is sent to the engine whole, at every build. */
const LIMITS = { maxFiles: 20_000, maxBytes: 512 * 1024 * 1024, links: 'digest' } as const
const NO_DIGEST = '0'.repeat(64) as Sha256

/**
 * The agent image: what it is called follows from what goes in, so an unchanged launch builds nothing.
 *
 * @param name what the reference is called after: the provider, or `custom` for the operator's own Dockerfile
 * @param dockerfile absolute path; the image is built from its folder, with the base as `BASE_IMAGE`
 */
export async function planImage(
  name: string,
  dockerfile: string,
  facts: MachineFacts,
): Promise<{ image: ImagePlan; blockers: PlanNotice[] }> {
  const base = facts.baseImage ?? DEFAULT_BASE_IMAGE
  const shown = shownPath(dockerfile, facts.root)
  const planned = (digest: Sha256): ImagePlan => ({
    reference: `bot-bottle-agent-${name.toLowerCase()}:${digest.slice(0, 12)}`,
    base,
    dockerfile: shown,
    digest,
  })
  const blocked = (message: string, fix: string) => ({
    image: planned(NO_DIGEST),
    blockers: [{ code: 'image-unusable', message, fix }],
  })

  const folder = dirname(dockerfile)
  if (resolve(folder) === resolve(facts.home)) {
    return blocked(
      `${shown} lies directly in the home, so the whole home, with the state of every bottle, would go into the build.`,
      'Move it into a folder of its own, such as images/mine/Dockerfile.',
    )
  }
  const there = await stat(dockerfile).then(
    (stats) => stats.isFile(),
    () => false,
  )
  if (!there) return blocked(`The Dockerfile ${shown} is not there.`, 'Correct agent_provider.dockerfile, or write it.')
  try {
    const { digest } = await digestFolder(folder, LIMITS)
    const hash = createHash('sha256').update(JSON.stringify([base, relative(folder, dockerfile), digest]))
    return { image: planned(hash.digest('hex') as Sha256), blockers: [] }
  } catch (error) {
    if (error instanceof FolderRefusedError) return blocked(`The folder of ${shown} ${error.message}`, error.fix)
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return blocked(`The folder of ${shown} cannot be read (${code}).`, 'Make its files readable for you.')
  }
}

const shownPath = (path: string, root: string): string => {
  const below = relative(root, path)
  return below.startsWith('..') || isAbsolute(below) ? path : below
}
