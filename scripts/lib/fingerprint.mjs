import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { inRoot, root } from './places.mjs'

/**
 * SHA-256 over names and contents of files, so that it says whether something made from them is stale. Contents, not
 * times: git sets times as it likes.
 *
 * @param {readonly string[]} places files and folders, relative to the repository; missing ones count as missing
 * @param {(file: string) => boolean} [counts] which files count
 */
export function fingerprint(places, counts = () => true) {
  const hash = createHash('sha256')
  for (const file of places.flatMap(filesIn).filter(counts).sort()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(inRoot(file)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** @returns {string[]} */
function filesIn(/** @type {string} */ place) {
  const full = inRoot(place)
  if (!existsSync(full)) return []
  if (!statSync(full).isDirectory()) return [place]
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
}
