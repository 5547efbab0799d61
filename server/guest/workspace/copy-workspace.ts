import { realpath } from 'node:fs/promises'
import path from 'node:path'
import type { StepOutput } from '../../bottles/step-output.ts'
import type { WorkspacePlan } from '../../contract/plan.ts'
import { readable } from '../../lib/readable-tar.ts'
import type { GuestAccess } from '../guest-access.ts'
import { packWorkspace } from './pack-workspace.ts'
import { scanWorkspace, shown } from './scan.ts'

/**
 * Copies the operator's folder into a guest, as its user's own.
 *
 * @throws HintedError when it cannot be read or a link leads out of it; nothing was copied then
 */
export async function copyWorkspace(
  guest: GuestAccess,
  workspace: WorkspacePlan,
  output: StepOutput,
  signal: AbortSignal,
): Promise<void> {
  // A workspace may itself be reached through a link; what is opened below is compared with the real path.
  const root = await realpath(workspace.path).catch(() => workspace.path)
  const scan = await scanWorkspace(root, signal)
  for (const note of scan.notes) output.say(note)
  if (scan.entries.some((entry) => entry.kind === 'file' && entry.path === '.git')) {
    output.say(
      'This is a worktree or a submodule: its repository lies elsewhere and is not copied, so git does not work.',
    )
  }
  output.say(`Copying ${scan.files} files, ${megabytes(scan.bytes)}, from ${shown(root)}`)

  const { dir, base } = path.posix.parse(workspace.guestPath)
  const tar = packWorkspace(root, scan, base, {
    note: (line) => output.say(line),
    progress: ({ files, bytes, file }) => {
      const final = files === scan.files
      output.progress({ unit: 'items', done: files, total: scan.files, note: shown(file) }, { final })
      output.progress({ unit: 'bytes', done: bytes, total: Math.max(bytes, scan.bytes) }, { final })
    },
  })
  try {
    await guest.unpack(readable(tar), dir, signal)
  } finally {
    tar.destroy()
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
