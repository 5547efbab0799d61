import { execFile } from 'node:child_process'
import { mkdir, open, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch } from './launch.ts'
import { inside } from './testing/inside.ts'
import { engineAbsent, TestHome, testRun } from './testing/test-home.ts'

const absent = await engineAbsent()
if (absent) console.warn(`skipped: ${absent}`)
const large = Boolean(process.env.BOT_BOTTLE_TEST_LARGE)
if (!large) console.warn('the copy of 2 GB is skipped: set BOT_BOTTLE_TEST_LARGE=1')

describe.skipIf(absent)('a workspace that is copied', () => {
  let home: TestHome
  let root: string
  beforeAll(async () => {
    home = await TestHome.create()
    root = path.join(home.home, 'work')
  })
  afterAll(() => home[Symbol.asyncDispose]())

  const write = async (file: string, text: string | Buffer) => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true })
    await writeFile(path.join(root, file), text)
  }
  const launched = async () => {
    const plan = await home.plan({ workspace: { path: root, mode: 'copy' } })
    const run = testRun()
    await launch(plan, run, home.tools)
    const [container] = await home.tools.docker.listContainers([`io.bot-bottle.slug=${plan.slug}`])
    const sees = async (command: string) => (await inside(home.tools.docker, container!.Id, 'sh', '-c', command)).text
    return { run, sees }
  }

  test('is there for the agent as its own, with its repository and without what git ignores', async () => {
    await write('.gitignore', 'node_modules/\n*.log\n')
    await write('src/deep/.gitignore', '!keep.log\nsecret\n')
    await write('node_modules/a/index.js', 'x')
    await write('src/deep/keep.log', 'kept')
    await write('src/deep/other.log', 'dropped')
    await write('src/deep/secret', 'dropped')
    await write(`src/${'long-name-'.repeat(15)}/ünï "quoted"\nname.txt`, 'odd')
    await write('big.bin', Buffer.alloc(3_000_000, 7))
    await symlink('src/deep', path.join(root, 'inside'))
    await symlink(path.join(root, 'src'), path.join(root, 'absolute'))
    await promisify(execFile)('git', ['-C', root, 'init', '-q'])
    await promisify(execFile)('git', ['-C', root, 'add', '.'])

    const { run, sees } = await launched()
    expect(await sees('git -C ~/workspace status --porcelain | grep -v "^A" ; echo .')).toBe('.\n')
    expect(
      await sees(
        'cd ~/workspace; ls -d node_modules src/deep/secret src/deep/other.log 2>/dev/null; cat src/deep/keep.log',
      ),
    ).toBe('kept')
    expect(await sees('cat ~/workspace/src/long*/*name.txt')).toBe('odd')
    expect(
      await sees('cd ~/workspace; readlink inside absolute; tr -d "\\007" < big.bin | wc -c; stat -c %s big.bin'),
    ).toBe('src/deep\nsrc\n0\n3000000\n')
    expect(await sees('find ~/workspace ! -user node | wc -l')).toBe('0\n')
    const counted = run.events.filter((event) => event.type === 'progress' && event.step === 'workspace')
    expect(counted.at(-1)).toMatchObject({ unit: 'bytes', done: (counted.at(-1) as { total: number }).total })
  })

  test('is refused when a link leads out of it, by the link’s name', async () => {
    await symlink('../../etc/passwd', path.join(root, 'src/leak'))
    const plan = await home.plan({ workspace: { path: root, mode: 'copy' } })
    const run = testRun()
    await expect(launch(plan, run, home.tools)).rejects.toThrow('src/leak → ../../etc/passwd')
    await run.scope.close()
    await rm(path.join(root, 'src/leak'))
  })

  test.skipIf(!large)('of 2 GB keeps the server’s memory flat', async () => {
    const file = path.join(root, 'huge.bin')
    await (await open(file, 'w')).close()
    await truncate(file, 2 * 2 ** 30)
    const before = process.memoryUsage.rss()
    let most = before
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss())
    }, 20)
    const { sees } = await launched()
    clearInterval(timer)
    console.info(`2 GiB copied; memory grew by ${Math.round((most - before) / 2 ** 20)} MiB`)
    expect(await sees('stat -c %s ~/workspace/huge.bin')).toBe(`${2 * 2 ** 30}\n`)
    expect(most - before).toBeLessThan(200 * 2 ** 20)
    await rm(file)
  })
})
