import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { spawn } from '@lydell/node-pty'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startScript } from '../../guest/start-script.ts'
import { gatedAgent, MARKS, shellCommand } from './gate.ts'

const SECRET = `it's\n"a" $(secret) \\ ü`

test('the command line has no secret, and steps down to the guest’s user before anything else', () => {
  const script = startScript(new Map([['KEY', SECRET]]))
  for (const command of [gatedAgent(['agent', '--flag'], script, { pids: 512 }), shellCommand({ pids: 512 })]) {
    expect(command.join(' ')).not.toContain('secret)')
    expect(command.slice(0, 3)).toEqual(['setpriv', '--reuid=1000', '--regid=1000'])
    expect(command).toContain('--no-new-privs')
  }
  expect(gatedAgent(['agent', '--flag'], script, { pids: 512 }).slice(-2)).toEqual(['agent', '--flag'])
})

describe('the gate, on a terminal', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-gate-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** Opens it as the keeper does, without stepping down. @returns all that the terminal showed, and the code */
  function opened(argv: string[], script: string): Promise<{ seen: string; code: number }> {
    const command = gatedAgent(argv, script, { pids: 4000 })
    const here = command.slice(command.indexOf('--') + 1).map((word) => (word.endsWith('/workspace') ? folder : word))
    const pty = spawn(here[0]!, here.slice(1), { cols: 200, rows: 24 })
    let seen = ''
    let handed = false
    pty.onData((data) => {
      seen += data
      if (handed || !seen.includes(MARKS.ready)) return
      handed = true
      pty.write(script)
    })
    return new Promise((resolve) => pty.onExit(({ exitCode }) => resolve({ seen, code: exitCode })))
  }

  const shown = (seen: string) => seen.slice(seen.indexOf(MARKS.go) + MARKS.go.length).replaceAll('\r\n', '\n')

  test('becomes the agent, in its folder, with its secrets, of which nothing is shown', async () => {
    const script = startScript(new Map([['KEY', SECRET]]))
    const { seen, code } = await opened(['sh', '-c', 'pwd; printf %s "$KEY" | base64 -w0; exit 5'], script)
    expect(shown(seen)).toBe(`${folder}\n${Buffer.from(SECRET).toString('base64')}`)
    expect(seen.slice(0, seen.indexOf(MARKS.go))).toBe(MARKS.ready)
    expect(code).toBe(5)
  })

  test('takes more than a terminal holds at once', async () => {
    const script = startScript(new Map([['KEY', 'long '.repeat(20_000)]]))
    expect(shown((await opened(['sh', '-c', 'printf %s "$KEY" | wc -c'], script)).seen)).toBe('100000\n')
  })

  test('leaves the terminal as programs expect it, and limits the number of processes', async () => {
    const { seen } = await opened(['bash', '-c', 'stty -a | grep -ow -e "-\\?icanon" -e "-\\?echo"; ulimit -u'], ':\n')
    expect(shown(seen)).toBe('icanon\necho\n4000\n')
  })

  test('ends where there is no workspace', async () => {
    const gone = folder
    folder = path.join(folder, 'nowhere')
    expect((await opened(['true'], ':\n')).code).toBe(126)
    folder = gone
  })
})
