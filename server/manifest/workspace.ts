import { access, constants, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { PlanNotice } from '../contract/plan.ts'

/**
 * Looks at a workspace before anything is copied from it.
 *
 * @param home the operator's home, which must not get into a bottle: it holds state and the recordings of others
 * @returns what keeps it from being used, or null
 */
export async function workspaceProblem(path: string, home: string): Promise<PlanNotice | null> {
  const refuse = (code: string, message: string, fix: string): PlanNotice => ({ code, message, fix })
  if (!isAbsolute(path)) {
    return refuse(
      'workspace-not-absolute',
      `The workspace ${path} is not an absolute path.`,
      'Write it from /, such as /home/you/project.',
    )
  }
  if (resolve(path) === '/') {
    return refuse('workspace-is-root', 'The workspace is /, the whole machine.', 'Choose the folder of one project.')
  }
  let real: string
  try {
    real = await realpath(path)
    if (!(await stat(real)).isDirectory()) {
      return refuse('workspace-not-a-folder', `The workspace ${path} is a file.`, 'Choose the folder of a project.')
    }
    await access(real, constants.R_OK | constants.X_OK)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return code === 'EACCES' || code === 'EPERM'
      ? refuse(
          'workspace-unreadable',
          `The workspace ${path} cannot be read: permission denied.`,
          'Make it readable for the user of this server, or choose another.',
        )
      : refuse('workspace-missing', `The workspace ${path} is not there.`, 'Correct the path, or make the folder.')
  }
  if (real === '/') {
    return refuse(
      'workspace-is-root',
      `The workspace ${path} leads to /, the whole machine.`,
      'Choose the folder of one project.',
    )
  }
  const realHome = await realpath(home).catch(() => resolve(home))
  if (contains(real, realHome) || contains(realHome, real)) {
    return refuse(
      'workspace-holds-home',
      `The workspace ${path} and the home of bot-bottle (${home}) lie in each other, so manifests and the records of other bottles would get into this one.`,
      'Choose a folder that lies elsewhere.',
    )
  }
  return null
}

const contains = (folder: string, path: string): boolean => {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** True when a repository tries to bring bottles of its own. */
export const hasBottlesFolder = (workspace: string): Promise<boolean> =>
  stat(join(workspace, '.bot-bottle', 'bottles')).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
