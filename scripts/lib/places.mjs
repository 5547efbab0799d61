import { homedir } from 'node:os'
import path from 'node:path'

/** The repository. */
export const root = path.resolve(import.meta.dirname, '../..')

/** A path inside the repository. */
export const inRoot = (/** @type {string[]} */ ...parts) => path.join(root, ...parts)

/** Where logs of what we start and everything else that can be made again is kept; the server uses the same folder. */
export const cacheFolder = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'bot-bottle')
