import { type IPty, spawn } from '@lydell/node-pty'
import { beforeAll, expect, test } from 'vitest'
import { onEveryTarget } from './on-every-target.ts'

onEveryTarget('a terminal', (bench) => {
  beforeAll(async () => {
    await bench.smolvm.create('m', bench.image)
    await bench.smolvm.start('m')
  })

  const open = (...command: string[]) => {
    const args = ['machine', 'exec', '--name', 'm', '-it', '--', ...command]
    const env = bench.smolvm.environment() as Record<string, string>
    return new Screen(spawn(bench.smolvm.binary, args, { cols: 101, rows: 33, env }))
  }

  test('has our size from the first line, and both streams are one', async () => {
    const screen = open('sh', '-c', 'stty size; tty; echo err >&2; exit 5')
    expect(await screen.exit).toBe(5)
    expect(screen.text).toMatch(/33 101\r\n\/dev\/pts\/\d+\r\nerr\r\n/)
  })

  test('follows when ours changes its size', async () => {
    const screen = open('bash', '-c', "trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done")
    await screen.until('ready')
    screen.pty.resize(90, 20)
    await screen.until('20 90')
    screen.pty.kill('SIGKILL')
  })

  test('hands keys through raw: Ctrl-C reaches the program, not the client', async () => {
    const screen = open('bash', '-c', "trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.05; done")
    await screen.until('ready')
    screen.pty.write('\u0003')
    expect(await screen.exit).toBe(3)
    expect(screen.text).toContain('caught')
  })
})

class Screen {
  text = ''
  readonly exit: Promise<number>
  private wake = () => {}

  constructor(readonly pty: IPty) {
    pty.onData((data) => {
      this.text += data
      this.wake()
    })
    this.exit = new Promise((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)))
  }

  async until(wanted: string): Promise<void> {
    while (!this.text.includes(wanted)) await new Promise<void>((resolve) => (this.wake = resolve))
  }
}
