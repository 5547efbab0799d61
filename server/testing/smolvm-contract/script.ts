import type { Said, Smolvm } from './smolvm.ts'

/** What a version said to one command, without what differs from run to run. */
export interface RecordedCase {
  /** `IMAGE` stands for the image of the one who recorded. */
  argv: readonly string[]
  code: number | null
  stdout: string
  stderr: string
}
export interface Recording {
  /** `derived` (from the double, which was written from upstream's source) or `recorded 1.9.3 2026-11-30`. */
  source: string
  version: string
  cases: readonly RecordedCase[]
}

const MACHINE = 'contract'

/** A walk through the commands, in an order in which each finds what it needs. */
export function script(named: boolean): string[][] {
  const name = (which = MACHINE) => (named ? ['--name', which] : [which])
  const machine = (...words: string[]) => ['machine', ...words]
  const exec = (...command: string[]) => machine('exec', '--name', MACHINE, '--', ...command)
  return [
    ['--version'],
    machine('ls'),
    machine('ls', '--json'),
    machine('ls', '--nonsense'),
    machine('status', '--name', 'nobody'),
    machine('start', '--name', 'nobody'),
    machine('stop', '--name', 'nobody'),
    machine('delete', '-f', ...name('nobody')),
    machine('create', ...name('a--b'), '--image', 'IMAGE'),
    machine('create', ...name(), '--image', 'IMAGE', '--from', 'x.smolmachine'),
    machine('create', ...name(), '--image', 'IMAGE', '--allow-cidr', 'nonsense'),
    machine(
      'create',
      ...name(),
      '--image',
      'IMAGE',
      '--allow-cidr',
      '10.1.2.3',
      '-e',
      'A=b',
      '--cpus',
      '1',
      '--mem',
      '512',
    ),
    machine('create', ...name(), '--image', 'IMAGE'),
    machine('status', '--name', MACHINE),
    exec('true'),
    machine('start', '--name', MACHINE),
    machine('start', '--name', MACHINE),
    machine('status', '--name', MACHINE, '--json'),
    exec('true'),
    exec('sh', '-c', 'echo out; echo err >&2; exit 7'),
    exec('sh', '-c', 'kill -KILL $$'),
    exec('no-such-program'),
    machine('exec', '--name', MACHINE, '--timeout', '1s', '--', 'sleep', '30'),
    machine('delete', ...name()),
    machine('stop', '--name', MACHINE),
    machine('stop', '--name', MACHINE),
    machine('delete', '-f', ...name()),
    machine('ls', '--json'),
    ['pack', 'create', '--image', 'IMAGE', '-o', '/tmp/x.smolmachine.part.smolmachine', '--nonsense'],
  ]
}

/** Takes the walk. @param image what makes a machine, in place of `IMAGE` */
export async function record(smolvm: Smolvm, image: string, source: string): Promise<Recording> {
  const cases: RecordedCase[] = []
  try {
    for (const argv of script(smolvm.named)) {
      const said = await smolvm.run(argv.map((word) => (word === 'IMAGE' ? image : word)))
      cases.push({ argv, ...withoutChance(said, [smolvm.home, image]) })
    }
  } finally {
    await smolvm.remove(MACHINE)
  }
  return { source, version: smolvm.version, cases }
}

/** Process numbers, times, paths: what a second run would say otherwise. */
function withoutChance(said: Said, words: readonly string[]): Pick<RecordedCase, 'code' | 'stdout' | 'stderr'> {
  const clean = (text: string) =>
    words
      .reduce((before, word) => before.replaceAll(word, 'PLACE'), text)
      .replace(/(PID: |"pid": ?)\d+/g, '$1NUMBER')
      .replace(/("created_at": ?)\d+/g, '$1NUMBER')
      .replace(/\b\d+ (ms|bytes)\b/g, 'NUMBER $1')
  return { code: said.code, stdout: clean(said.stdout), stderr: clean(said.stderr) }
}
