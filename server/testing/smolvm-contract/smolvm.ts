import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { hasTrait } from '../fake-smolvm/profile.ts'

export interface Said {
  code: number | null
  stdout: string
  stderr: string
}
interface RunOptions {
  input?: string | Buffer
  env?: Readonly<Record<string, string>>
}

/** A program named smolvm with a home of its own, whether it is the double or the real one. */
export class Smolvm implements AsyncDisposable {
  private readonly made: string[] = []

  private constructor(
    readonly binary: string,
    readonly version: string,
    /** Everything that this one has made is below. */
    readonly home: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async at(binary: string, version: string, env: Readonly<Record<string, string>> = {}): Promise<Smolvm> {
    const home = await mkdtemp(path.join(tmpdir(), 'smolvm-home-'))
    return new Smolvm(binary, version, home, env)
  }

  get dataDir(): string {
    return path.join(this.home, '.local/share/smolvm')
  }
  get database(): string {
    return path.join(this.dataDir, 'server/smolvm.db')
  }
  get named(): boolean {
    return hasTrait(this.version, 'named machines')
  }
  nameArgs = (name: string): string[] => (this.named ? ['--name', name] : [name])

  spawn(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(this.binary, [...args], { env: this.environment(env), stdio: ['pipe', 'pipe', 'pipe'] })
  }

  environment(env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    const { XDG_DATA_HOME: _, SMOLVM_DATA_DIR: __, ...rest } = process.env
    return { ...rest, HOME: this.home, ...this.env, ...env }
  }

  /** Runs a command to its end, with an input that is closed. */
  async run(args: readonly string[], { input, env }: RunOptions = {}): Promise<Said> {
    const child = this.spawn(args, env)
    const [stdout, stderr]: Buffer[][] = [[], []]
    child.stdout!.on('data', (chunk: Buffer) => stdout!.push(chunk))
    child.stderr!.on('data', (chunk: Buffer) => stderr!.push(chunk))
    child.stdin!.on('error', () => {}).end(input)
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { code, stdout: Buffer.concat(stdout!).toString(), stderr: Buffer.concat(stderr!).toString() }
  }

  /** `machine create` that is undone at the end. @throws when it fails */
  async create(name: string, args: readonly string[]): Promise<void> {
    this.made.push(name)
    await this.good(['machine', 'create', ...this.nameArgs(name), ...args])
  }

  start = (name: string, env: Readonly<Record<string, string>> = {}) =>
    this.good(['machine', 'start', '--name', name], { env })
  exec = (name: string, ...command: string[]) => this.run(['machine', 'exec', '--name', name, '--', ...command])
  sh = (name: string, script: string) => this.exec(name, 'sh', '-c', script)

  async listed(): Promise<Record<string, unknown>[]> {
    return JSON.parse((await this.good(['machine', 'ls', '--json'])).stdout) as Record<string, unknown>[]
  }

  /** @throws with all that was said, when it ends with another code than 0 */
  async good(args: readonly string[], options: RunOptions = {}): Promise<Said> {
    const said = await this.run(args, options)
    if (said.code !== 0) throw new Error(`smolvm ${args.join(' ')}: ${said.code}\n${said.stdout}${said.stderr}`)
    return said
  }

  async remove(name: string): Promise<void> {
    await this.run(['machine', 'stop', '--name', name])
    await this.run(['machine', 'delete', '-f', ...this.nameArgs(name)])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.made) await this.remove(name)
    await rm(this.home, { recursive: true, force: true })
  }
}
