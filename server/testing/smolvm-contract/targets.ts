import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { which } from '../../../scripts/lib/debian.mjs'
import { whyEngineIsSilent } from '../../../scripts/lib/engine-address.mjs'
import { PROFILES } from '../fake-smolvm/profile.ts'
import { Smolvm } from './smolvm.ts'

const DOUBLE = path.resolve(import.meta.dirname, '../fake-smolvm/bin/smolvm')
const TOOLS = ['nft', 'slirp4netns', 'skopeo', 'docker-registry', 'zstd']

/** What the suite runs on. */
export interface Target {
  name: string
  version: string
  double: boolean
  /** Null: it runs here. */
  skipped: string | null
  make(): Promise<Smolvm>
}

/** The double in both profiles, and the real one where there is one: named by `SMOLVM_BIN`, or on PATH. */
export async function targets(): Promise<Target[]> {
  const why = await whyNoDouble()
  const doubles = PROFILES.map((version) => ({
    name: `the double as ${version}`,
    version,
    double: true,
    skipped: why,
    make: () => Smolvm.at(DOUBLE, version, { FAKE_SMOLVM_PROFILE: version }),
  }))
  return [...doubles, await real()]
}

async function real(): Promise<Target> {
  const binary = process.env.SMOLVM_BIN ?? which('smolvm')
  const none = (skipped: string): Target => ({
    name: 'a real smolvm',
    version: '',
    double: false,
    skipped,
    make: missing,
  })
  if (!binary) return none('there is no smolvm on PATH, and SMOLVM_BIN names none')
  const { stdout } = await promisify(execFile)(binary, ['--version']).catch(() => ({ stdout: '' }))
  const version = /^smolvm (\S+)/.exec(stdout)?.[1]
  if (!version) return none(`${binary} does not say its version`)
  if (process.platform === 'linux' && !writable('/dev/kvm')) return none('/dev/kvm cannot be opened')
  return {
    name: `the real smolvm ${version}`,
    version,
    double: false,
    skipped: null,
    make: () => Smolvm.at(binary, version),
  }
}

async function whyNoDouble(): Promise<string | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'the double needs root on Linux'
  const missing = TOOLS.filter((tool) => !which(tool))
  if (missing.length > 0)
    return `the double needs ${missing.join(', ')} (Debian: apt-get install nftables slirp4netns …)`
  const silent = await whyEngineIsSilent()
  return silent && `no Docker engine: ${silent}`
}

const missing = () => Promise.reject(new Error('There is no smolvm here.'))

function writable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}
