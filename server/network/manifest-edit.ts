import { createHash } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import type { ManifestEdit } from '../contract/network.ts'
import { BadInputError, ManifestError, WrongStateError } from '../errors.ts'
import { unifiedDiff } from '../lib/line-diff.ts'
import { replaceFile } from '../lib/replace-file.ts'
import { CannotEditError, editBottle } from '../manifest/edit/edit-bottle.ts'
import { parseBottle } from '../manifest/parse/bottle-file.ts'
import { bottlesOf } from '../manifest/parse/files.ts'
import { readText } from '../manifest/parse/read-text.ts'
import { asWritten } from '../sidecars/egress/route-forms.ts'
import type { EditedRoutes } from './route-edit.ts'

export interface PreparedManifestEdit extends ManifestEdit {
  /** Absolute, links followed. */
  path: string
  text: string
}

/**
 * What the same change would make of a bottle file. Reads, and writes nothing.
 *
 * @param home absolute path of the operator's home
 * @throws BadInputError when there is no such file or only a person can change it; ManifestError when it is broken, or
 *   would be afterwards
 */
export async function prepareManifestEdit(
  home: string,
  bottle: string,
  { put, removed }: Pick<EditedRoutes, 'put' | 'removed'>,
): Promise<PreparedManifestEdit> {
  const found = (await bottlesOf(home)).files.find(({ name }) => name === bottle)
  if (!found) throw new BadInputError(`There is no bottle file named ${bottle}, so nothing was changed.`)
  const read = await readText(found.path, found.file)
  if ('problem' in read) throw new ManifestError([read.problem])
  const text = edited(read.text, found.file, {
    put: put.map((route) => ({ ...asWritten(route), host: route.host })),
    remove: removed,
  })
  const parsed = parseBottle(found.name, found.file, text)
  if ('problems' in parsed) throw new ManifestError(parsed.problems)
  const digest = createHash('sha256').update(read.text).digest('hex')
  return {
    file: found.file,
    diff: unifiedDiff(read.text, text, found.file),
    digest,
    path: await realpath(found.path),
    text,
  }
}

function edited(text: string, file: string, edit: Parameters<typeof editBottle>[1]): string {
  try {
    return editBottle(text, edit)
  } catch (error) {
    if (!(error instanceof CannotEditError)) throw error
    throw new BadInputError(`${file} cannot be changed from here: ${error.message}. Add the route by hand.`)
  }
}

/** @param reviewed digest of the file that the operator saw the difference of @throws WrongStateError when it changed since */
export async function writeManifestEdit(edit: PreparedManifestEdit, reviewed: string): Promise<void> {
  if (edit.digest !== reviewed)
    throw new WrongStateError(`${edit.file} changed after you saw the difference, so nothing was changed. Look again.`)
  if (edit.diff === '') return
  await replaceFile(edit.path, edit.text, (await stat(edit.path)).mode & 0o777)
}
