import { readdir, realpath } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { type ManifestName, manifestName } from '../../contract/ids.ts'
import type { FileProblem } from '../../contract/manifest.ts'
import { parseAgent } from './agent-file.ts'
import { parseBottle } from './bottle-file.ts'
import { readText } from './read-text.ts'
import { remembering } from './remember.ts'

/** A file that was found by its name; nothing of it has been read. */
export interface ManifestFile {
  name: ManifestName
  /** Absolute. */
  path: string
  /** As shown. */
  file: string
  source: 'home' | 'workspace'
}

/** What a folder holds: manifests by name, in order, and what is wrong with the folder itself. */
export interface FolderListing {
  files: readonly ManifestFile[]
  problems: readonly FileProblem[]
}

/** Folder of a workspace that may hold agents. */
export const WORKSPACE_FOLDER = '.bot-bottle'

export const bottlesOf = (home: string) => listFolder(join(home, 'bottles'), 'bottles', 'home')
export const homeAgentsOf = (home: string) => listFolder(join(home, 'agents'), 'agents', 'home')
export const workspaceAgentsOf = (workspace: string) =>
  listFolder(join(workspace, WORKSPACE_FOLDER, 'agents'), `${WORKSPACE_FOLDER}/agents`, 'workspace')

async function listFolder(folder: string, shown: string, source: 'home' | 'workspace'): Promise<FolderListing> {
  let names: string[]
  try {
    names = await readdir(folder)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return { files: [], problems: [] }
    const message = code === 'ENOTDIR' ? 'This is not a folder.' : `The folder cannot be read (${String(code)}).`
    const fix = code === 'ENOTDIR' ? 'Remove the file and make a folder.' : 'Make it readable for you: chmod u+rx.'
    return { files: [], problems: [{ file: `${shown}/`, path: '', message, fix, severity: 'error' }] }
  }
  const problems: FileProblem[] = []
  const files: ManifestFile[] = []
  for (const entry of names.filter((each) => each.endsWith('.md') && !each.startsWith('.')).sort()) {
    const name = manifestName.safeParse(entry.slice(0, -'.md'.length))
    const file = `${shown}/${entry}`
    if (name.success) files.push({ name: name.data, path: join(folder, entry), file, source })
    else {
      const message = 'The name of this file cannot be the name of a manifest.'
      const fix = 'Rename it: letters, digits, dots, dashes and underscores, at most 64, then .md.'
      problems.push({ file, path: '', message, fix, severity: 'error' })
    }
  }
  return { files, problems }
}

const bottles = remembering<ReturnType<typeof parseBottle>>()
const agents = remembering<ReturnType<typeof parseAgent>>()

/** Reads and validates one bottle file. */
export async function readBottle(found: ManifestFile): Promise<ReturnType<typeof parseBottle>> {
  const read = await readText(found.path, found.file)
  if ('problem' in read) return { problems: [read.problem] }
  return bottles(found.path, read.text, () => parseBottle(found.name, found.file, read.text))
}

/**
 * Reads and validates one agent file.
 *
 * @param workspace of a file that is from there: a link that leads out of it is refused, because a repository could
 *   otherwise put any file of the host into a prompt
 */
export async function readAgent(found: ManifestFile, workspace?: string): Promise<ReturnType<typeof parseAgent>> {
  if (found.source === 'workspace' && workspace && !(await isInside(found.path, workspace))) {
    const message = 'This file is a link that leads out of the workspace, so it is not read.'
    return { problems: [{ file: found.file, path: '', message, fix: 'Put the file itself there.', severity: 'error' }] }
  }
  const read = await readText(found.path, found.file)
  if ('problem' in read) return { problems: [read.problem] }
  const { name, file, source } = found
  return agents(found.path, read.text, () => parseAgent({ name, file, source }, read.text))
}

async function isInside(path: string, folder: string): Promise<boolean> {
  try {
    const [target, root] = await Promise.all([realpath(path), realpath(folder)])
    const way = relative(root, target)
    return way !== '..' && !way.startsWith(`..${sep}`)
  } catch {
    // Cannot be followed: reading it will say why.
    return true
  }
}
