import { aptInstall, isRootOnDebian, which } from './debian.mjs'
import { buildFakeSmolvm } from './fake-smolvm.mjs'

/** What the double of smolvm is made of: networks with rules that hold, archives, a registry to pack from. */
const packages = {
  nft: 'nftables',
  slirp4netns: 'slirp4netns',
  zstd: 'zstd',
  skopeo: 'skopeo',
  'docker-registry': 'docker-registry',
  nsenter: 'util-linux',
}

/**
 * Sees to it that the double of smolvm can run: its machines' networks are real, and need root.
 *
 * @returns {Promise<string | null>} null when it can, else what is missing
 */
export async function ensureDouble() {
  if (process.getuid?.() !== 0) return 'The double of smolvm makes real networks, which needs root.'
  try {
    const missing = Object.entries(packages).filter(([program]) => which(program) === null)
    if (missing.length > 0 && !isRootOnDebian())
      return `The double of smolvm needs ${missing.map(([program]) => program).join(', ')}.`
    if (missing.length > 0) await aptInstall(missing.map(([, name]) => name))
    await buildFakeSmolvm()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
