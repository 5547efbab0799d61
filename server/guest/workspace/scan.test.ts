import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { scanWorkspace, shown } from './scan.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'workspace-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const write = async (file: string, text = '') => {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true })
  await writeFile(path.join(root, file), text)
}
const scan = () => scanWorkspace(root, new AbortController().signal)
const paths = async () => (await scan()).entries.map((entry) => entry.path)

test('what .gitignore leaves out is left out, a folder with everything in it', async () => {
  await write('.gitignore', '/build/\n*.log\n!important.log\n')
  await write('build/deep/out.js')
  await write('src/build/kept.js')
  await write('a.log')
  await write('important.log')
  expect(await paths()).toEqual(['.gitignore', 'important.log', 'src', 'src/build', 'src/build/kept.js'])
})

test('a deeper .gitignore decides before a higher one, but cannot reach into a folder that is left out', async () => {
  await write('.gitignore', '*.tmp\nout/\n')
  await write('sub/.gitignore', '!keep.tmp\nlocal\n')
  await write('sub/keep.tmp')
  await write('sub/other.tmp')
  await write('sub/local')
  await write('out/.gitignore', '!wanted')
  await write('out/wanted')
  expect(await paths()).toEqual(['.gitignore', 'sub', 'sub/.gitignore', 'sub/keep.tmp'])
})

test('.git is copied whole, and its info/exclude is heeded', async () => {
  await write('.gitignore', 'hooks\n.git\n')
  await write('.git/info/exclude', 'mine.txt\n')
  await write('.git/hooks/pre-commit')
  await write('mine.txt')
  expect(await paths()).toEqual([
    '.git',
    '.git/hooks',
    '.git/hooks/pre-commit',
    '.git/info',
    '.git/info/exclude',
    '.gitignore',
  ])
})

test.each([2, 4])('what git tracks is not left out, whatever the rules say (index version %d)', async (version) => {
  await write('.gitignore', 'dist/\n*.log\n')
  await write('dist/kept/deep.js')
  await write('dist/kept/other.js')
  await write('dist/dropped/a.js')
  await write('kept.log')
  await write('dropped.log')
  const git = (...args: string[]) => promisify(execFile)('git', ['-C', root, ...args])
  await git('init', '-q')
  await git('add', '-f', '.gitignore', 'dist/kept/deep.js', 'kept.log')
  await git('update-index', '--index-version', String(version))
  const copied = (await paths()).filter((file) => !file.startsWith('.git/') && file !== '.git')
  expect(copied).toEqual(['.gitignore', 'dist', 'dist/kept', 'dist/kept/deep.js', 'kept.log'])
})

test('an index that cannot be understood changes nothing', async () => {
  await write('.git/index', 'DIRC\0\0\0\u0002\0\0\0\u0009nonsense')
  await write('.gitignore', '*.log')
  await write('a.log')
  expect(await paths()).toEqual(['.git', '.git/index', '.gitignore'])
})

test('links inside stay links, absolute ones become relative', async () => {
  await write('a/file')
  await symlink('a/file', path.join(root, 'relative'))
  await symlink(path.join(root, 'a'), path.join(root, 'absolute'))
  const links = (await scan()).entries.filter((entry) => entry.kind === 'link')
  expect(links).toMatchObject([
    { path: 'absolute', target: 'a' },
    { path: 'relative', target: 'a/file' },
  ])
})

test.each(['/etc/passwd', '../../outside', '../a/../../outside'])('a link to %s is refused by name', async (target) => {
  await write('a/file')
  await symlink(target, path.join(root, 'a/leak'))
  await expect(scan()).rejects.toThrow(`a/leak → ${target}`)
})

test('a link that a .gitignore leaves out is nobody’s business', async () => {
  await write('.gitignore', 'leak')
  await symlink('/etc/passwd', path.join(root, 'leak'))
  expect(await paths()).toEqual(['.gitignore'])
})

test('a socket is left out, and said', async () => {
  const server = createServer().listen(path.join(root, 'socket'))
  await new Promise((resolve) => server.once('listening', resolve))
  expect(await scan()).toMatchObject({ entries: [], notes: [expect.stringContaining('Left out socket')] })
  server.close()
})

test('a workspace that is missing, a file, or the whole disk is told with what to do', async () => {
  const scanning = (folder: string) => scanWorkspace(folder, new AbortController().signal)
  await expect(scanning(path.join(root, 'gone'))).rejects.toThrow('cannot be read')
  await write('file')
  await expect(scanning(path.join(root, 'file'))).rejects.toThrow('cannot be read')
  await expect(scanning('/')).rejects.toThrow('whole file system')
})

test.skipIf(process.getuid?.() === 0)(
  'a folder that may not be read is told by its name (not as root, who may)',
  async () => {
    await write('closed/file')
    await chmod(path.join(root, 'closed'), 0)
    await expect(scan()).rejects.toMatchObject({ hint: expect.stringContaining('closed') })
  },
)

test('a name that could move a cursor is spelt out', () => {
  expect(shown('a\u001b[2Jb')).toBe('"a\\u001b[2Jb"')
  expect(shown('plain ünï')).toBe('plain ünï')
})
