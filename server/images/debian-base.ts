import { createHash } from 'node:crypto'
import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { arch, tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import type { StepOutput } from '../bottles/step-output.ts'
import type { Docker } from '../engine/docker.ts'
import { HintedError } from '../errors.ts'
import { followImage } from './follow-image.ts'
import { imageLabels } from './image-labels.ts'
import { installNode, NODE_PACKAGES } from './node-packages.ts'
import { runProgram } from './run-program.ts'

const SUITE = 'bookworm'
const MIRROR = 'http://deb.debian.org/debian'
const SECURITY = 'http://deb.debian.org/debian-security'
const INCLUDE = 'ca-certificates'
/** Not needed in a bottle; the official slim images leave the same out. */
const LEFT_OUT = ['doc', 'man', 'info', 'locale', 'groff', 'lintian'].map((folder) => `./usr/share/${folder}/*`)
const CACHES = [
  './var/cache/apt/*',
  './var/lib/apt/lists/*',
  './var/log/*',
  './proc/*',
  './sys/*',
  './dev/*',
  './tmp/*',
]

const FOLDER_PREFIX = 'bot-bottle-base-'
const RECIPE = JSON.stringify([SUITE, MIRROR, SECURITY, INCLUDE, LEFT_OUT, NODE_PACKAGES[arch()] ?? arch(), 1])
const DIGEST = createHash('sha256').update(RECIPE).digest('hex').slice(0, 12)

/** Our stand-in for the official slim Node image; named after its recipe, so that a new recipe is a new image. */
export const DEBIAN_BASE = `bot-bottle-base:${SUITE}-${DIGEST}`

/**
 * Builds what `node:24-bookworm-slim` holds (Debian 12, Node 24, npm, the user `node`) from Debian's package archive and
 * npm's registry, for machines from which no image registry can be reached. Takes about a minute.
 *
 * @throws HintedError when this user or this machine cannot do it, with the command that helps
 */
export async function buildDebianBase(docker: Docker, output: StepOutput, signal: AbortSignal): Promise<void> {
  await mayBuild()
  await removeStaleFolders()
  const folder = await mkdtemp(path.join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`))
  const root = path.join(folder, 'root')
  try {
    output.say(`Building it from ${MIRROR} (${SUITE}) and npm instead; this happens once and takes about a minute.`)
    output.progress({ unit: 'items', done: 0, total: 3, note: 'Debian' }, { final: true })
    await debootstrap(root, output, signal)
    output.progress({ unit: 'items', done: 1, total: 3, note: 'Node and npm' }, { final: true })
    await installNode(root, folder, { output, signal })
    await addUser(root, output, signal)
    output.progress({ unit: 'items', done: 2, total: 3, note: 'image' }, { final: true })
    output.say(`Importing it as ${DEBIAN_BASE}`)
    await importRoot(docker, root, output, signal)
    output.progress({ unit: 'items', done: 3, total: 3 }, { final: true })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Folders of builds whose server was killed. */
export async function staleBuildFolders(): Promise<string[]> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(FOLDER_PREFIX))
  return names.filter((name) => !isAlive(Number(name.split('-')[3]))).map((name) => path.join(tmpdir(), name))
}

async function removeStaleFolders(): Promise<void> {
  for (const folder of await staleBuildFolders()) await rm(folder, { recursive: true, force: true })
}

function isAlive(pid: number): boolean {
  try {
    return Number.isInteger(pid) && process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function mayBuild(): Promise<void> {
  const pull = 'Or, where a registry can be reached: docker pull node:24-bookworm-slim'
  if (process.platform !== 'linux') {
    throw new HintedError('The base image can neither be pulled nor be built on this system.', pull)
  }
  const found = await Promise.any(
    ['/usr/sbin', '/usr/bin', '/sbin'].map((folder) => access(path.join(folder, 'debootstrap'))),
  ).then(
    () => true,
    () => false,
  )
  if (!found) {
    throw new HintedError(
      'The base image cannot be pulled, and debootstrap, which builds it from Debian’s archive, is not installed.',
      `Run: sudo apt-get install -y debootstrap. ${pull}`,
    )
  }
  if (process.getuid?.() !== 0) {
    throw new HintedError(
      'The base image cannot be pulled, and building it from Debian’s archive needs root once.',
      `Start the server once as root: sudo -E npm start. ${pull}`,
    )
  }
}

/**
 * In namespaces of its own and bound to our life: whatever happens to us, no process and no mount (debootstrap mounts
 * /proc and /sys inside the root) stays behind.
 */
function debootstrap(root: string, output: StepOutput, signal: AbortSignal): Promise<void> {
  const contained = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child=KILL'] as const
  const build = ['debootstrap', '--variant=minbase', `--include=${INCLUDE}`, SUITE, root, MIRROR] as const
  return runProgram(['setpriv', ...contained, ...build], {
    output,
    signal,
    env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
  })
}

async function addUser(root: string, output: StepOutput, signal: AbortSignal): Promise<void> {
  await runProgram(['chroot', root, 'groupadd', '--gid', '1000', 'node'], { output, signal })
  const user = ['useradd', '--uid', '1000', '--gid', 'node', '--shell', '/bin/bash', '--create-home', 'node']
  await runProgram(['chroot', root, ...user], { output, signal })
  const sources = [
    `deb ${MIRROR} ${SUITE} main`,
    `deb ${MIRROR} ${SUITE}-updates main`,
    `deb ${SECURITY} ${SUITE}-security main`,
  ]
  await writeFile(path.join(root, 'etc/apt/sources.list'), `${sources.join('\n')}\n`)
  const paths = LEFT_OUT.map((glob) => `path-exclude ${glob.slice(1)}`)
  await writeFile(path.join(root, 'etc/dpkg/dpkg.cfg.d/bot-bottle'), `${paths.join('\n')}\nforce-unsafe-io\n`)
}

async function importRoot(docker: Docker, root: string, output: StepOutput, signal: AbortSignal): Promise<void> {
  const excluded = [...LEFT_OUT, ...CACHES].map((glob) => `--exclude=${glob}`)
  const tar = execa('tar', ['-C', root, '--numeric-owner', ...excluded, '-c', '.'], {
    stdin: 'ignore',
    buffer: false,
    reject: false,
    cancelSignal: signal,
  })
  const [repo = '', tag = ''] = DEBIAN_BASE.split(':')
  const labels = Object.entries(imageLabels('base debian', DIGEST)).map(([name, value]) => `LABEL ${name}="${value}"`)
  const changes = ['ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'CMD ["node"]', ...labels]
  await followImage(docker.importImage(tar.stdout, { repo, tag, changes }, signal), output)
  const { failed, originalMessage } = await tar
  signal.throwIfAborted()
  if (failed) throw new Error(`tar could not read the base image: ${originalMessage ?? 'it failed'}`)
}
