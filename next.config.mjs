import { copyFileSync } from 'node:fs'
import path from 'node:path'

/** Lets several development servers run on one tree: a folder inside the project, such as `.next-mine`. */
const ownDir = process.env.BOT_BOTTLE_NEXT_DIR
// Next adds its folder to the tsconfig it is given: with a folder of its own, that is a copy which git ignores.
const ownTsconfig = ownDir && `tsconfig${ownDir}.json`
if (ownTsconfig)
  copyFileSync(path.join(import.meta.dirname, 'tsconfig.json'), path.join(import.meta.dirname, ownTsconfig))

/**
 * Pages only: Next renders and never owns state, so nothing of `server/` but the contract is bundled.
 *
 * @type {import('next').NextConfig}
 */
const config = {
  distDir: ownDir ?? '.next',
  typescript: {
    // `npm test` and `npm run check` do that, for the whole tree; an operator's first start need not wait for it.
    ignoreBuildErrors: true,
    ...(ownTsconfig && { tsconfigPath: ownTsconfig }),
  },
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  // A stray lock file in a parent folder would make Next take that folder as its root.
  turbopack: { root: import.meta.dirname },
}

export default config
