import { existsSync } from 'node:fs'
import { aptInstall, isRootOnDebian } from './debian.mjs'

export const chromium = process.env.BOT_BOTTLE_CHROMIUM || '/usr/bin/chromium'

/** @returns {Promise<string | null>} null when there is a Chromium for the browser tests, else what to do */
export async function ensureChromium() {
  if (existsSync(chromium)) return null
  if (isRootOnDebian() && !process.env.BOT_BOTTLE_CHROMIUM) {
    try {
      // The fonts draw what Geist has no letters for, such as Hebrew and Arabic.
      await aptInstall(['chromium', 'fonts-dejavu-core'])
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
  return `No Chromium at ${chromium}. Install it (Debian: sudo apt-get install chromium) or name one in BOT_BOTTLE_CHROMIUM.`
}
