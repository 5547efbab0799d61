import type { Readable } from 'node:stream'
import { ExecaError, execa, type Options } from 'execa'
import { z } from 'zod'
import type { Cidr } from '../../contract/ids.ts'
import { BackendUnavailableError, HintedError } from '../../errors.ts'
import { can, isAtLeast, OLDEST, type SmolvmVersion, versionIn } from './capabilities.ts'

/** Numbers and nulls vary from version to version: only what is needed is read. */
const machine = z.object({ name: z.string(), state: z.string().default('unknown'), pid: z.number().nullish() })
export type Machine = z.infer<typeof machine>

export interface MachineOptions {
  /** An archive of `docker save`, or an artifact (`….smolmachine`); null: a machine of smolvm's own, without an image. */
  source: { kind: 'archive' | 'artifact'; path: string } | null
  cpus: number
  memoryMiB: number
  storageGiB: number
  /** Null: smolvm's choice. */
  overlayGiB: number | null
  allowCidrs: readonly Cidr[]
  /** Of the machine's record, for every program. Not secret: it is on a command line. */
  env: Readonly<Record<string, string>>
  labels: Readonly<Record<string, string>>
}

export interface ExecOptions {
  /** Goes to the program's standard input; needs the capability `stdin`. */
  stdin?: Buffer | Readable | undefined
  signal?: AbortSignal | undefined
}

export interface ExecResult {
  code: number
  stdout: string
  stderr: string
}

const VERSION_MS = 60_000
const OUTPUT_LIMIT = 16 * 2 ** 20

/**
 * The one place that spells smolvm's command line, for 0.8.0 up to 1.9.3 and what follows. Arguments are always
 * arrays; what the machine is made of is the plan's and holds no secret.
 */
export class Smolvm {
  #version: Promise<SmolvmVersion> | null = null
  #askedAt = 0

  constructor(
    /** Name or path of the program. */
    readonly program: string,
    /** Of every command: where smolvm finds its own things. */
    readonly environment: NodeJS.ProcessEnv = process.env,
  ) {}

  /** @throws BackendUnavailableError when it is not there, too old, or says something else */
  version(): Promise<SmolvmVersion> {
    // It may be replaced by a newer one while we run.
    if (this.#version && Date.now() - this.#askedAt < VERSION_MS) return this.#version
    this.#askedAt = Date.now()
    this.#version = this.#askVersion().catch((error) => {
      this.#version = null
      throw error
    })
    return this.#version
  }

  async create(name: string, options: MachineOptions, signal?: AbortSignal): Promise<void> {
    await this.#run(['machine', 'create', ...createArguments(name, options, await this.version())], { signal })
  }

  /** Starting what runs is no error. */
  async start(name: string, signal?: AbortSignal): Promise<void> {
    await this.#run(['machine', 'start', '--name', name], { signal })
  }

  /** A machine that does not run, or does not exist, is stopped. */
  async stop(name: string): Promise<void> {
    await this.#run(['machine', 'stop', '--name', name]).catch(unlessUnknown)
  }

  /**
   * Stops first, because the oldest leave the machine running without its record; always forced, because it otherwise
   * asks, finds nobody to answer, and deletes nothing with exit code 0. A machine that does not exist is deleted.
   */
  async delete(name: string): Promise<void> {
    await this.stop(name)
    const named = can(await this.version(), 'namedMachines') ? ['--name', name] : [name]
    await this.#run(['machine', 'delete', ...named, '-f']).catch(unlessUnknown)
  }

  async list(signal?: AbortSignal): Promise<Machine[]> {
    const { stdout } = await this.#run(['machine', 'ls', '--json'], { signal })
    return z.array(machine).parse(JSON.parse(stdout || '[]'))
  }

  /**
   * Runs a program to its end. Its code is its own, whatever it is; smolvm's own failures share code 1 with it and are
   * told by how their text begins.
   * @throws SmolvmError when smolvm, not the program, failed
   */
  async exec(name: string, command: readonly string[], { stdin, signal }: ExecOptions = {}): Promise<ExecResult> {
    const args = [...execArguments(name, { stdin: stdin !== undefined }), '--', ...command]
    const result = await this.#call(args, { signal, stdin, reject: false })
    const { exitCode, stdout, stderr } = result
    if (exitCode === undefined) throw result
    if (exitCode === 1 && /^Error: /m.test(stderr)) throw new SmolvmError('machine exec', stderr)
    return { code: exitCode, stdout, stderr }
  }

  /** One regular file into a running machine; it belongs to root then. */
  async copyIn(name: string, file: string, target: string, signal?: AbortSignal): Promise<void> {
    await this.#run(['machine', 'cp', file, `${name}:${target}`], { signal })
  }

  /** @param output path of the artifact without its ending: every version adds it, newer ones refuse it */
  async pack(reference: string, output: string, signal?: AbortSignal): Promise<void> {
    await this.#run(['pack', 'create', '--image', reference, '-o', output], { signal })
  }

  /** What a machine that is stopped has become. @param output as for `pack` */
  async packMachine(name: string, output: string, signal?: AbortSignal): Promise<void> {
    await this.#run(['pack', 'create', '--from-vm', name, '-o', output], { signal })
  }

  /** A command line for a pseudo-terminal of the caller's. */
  interactive(name: string, command: readonly string[]): { file: string; args: string[] } {
    return { file: this.program, args: ['machine', 'exec', '--name', name, '-i', '-t', '--', ...command] }
  }

  async #askVersion(): Promise<SmolvmVersion> {
    const { stdout } = await this.#run(['--version'], { timeout: 10_000 })
    const version = versionIn(stdout)
    if (!version) throw new BackendUnavailableError('smolvm', `It answered its version with “${stdout.slice(0, 80)}”.`)
    if (isAtLeast(version, OLDEST)) return version
    throw new BackendUnavailableError('smolvm', `${version} is older than ${OLDEST}. Install a newer one.`)
  }

  async #run(args: readonly string[], options: CallOptions = {}): Promise<{ stdout: string; stderr: string }> {
    try {
      return await this.#call(args, options)
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!(error instanceof ExecaError)) throw error
      if (error.code === 'ENOENT')
        throw new BackendUnavailableError('smolvm', 'Install it, or choose the docker backend.', error)
      throw new SmolvmError(
        args
          .filter((word) => !word.startsWith('-'))
          .slice(0, 2)
          .join(' '),
        String(error.stderr),
        error,
      )
    }
  }

  async #call(args: readonly string[], { signal, stdin, timeout, reject = true }: CallOptions) {
    const options = {
      env: this.environment,
      extendEnv: false,
      reject,
      maxBuffer: OUTPUT_LIMIT,
      stripFinalNewline: false,
      ...(timeout && { timeout }),
      ...(signal && { cancelSignal: signal }),
      ...(stdin instanceof Buffer ? { input: stdin } : stdin ? { input: stdin as never } : { stdin: 'ignore' }),
    } satisfies Options
    const { exitCode, stdout, stderr, ...rest } = await execa(this.program, [...args], options)
    signal?.throwIfAborted()
    if (exitCode === undefined) throw rest
    return { exitCode, stdout: String(stdout), stderr: String(stderr) }
  }
}

interface CallOptions extends ExecOptions {
  timeout?: number
  reject?: boolean
}

/** smolvm said no. Its texts are hints for people; what is true is asked for by `list`. */
export class SmolvmError extends HintedError {
  constructor(
    readonly doing: string,
    readonly said: string,
    cause?: unknown,
  ) {
    const lines = said.trim().split('\n')
    const line = lines.findLast((each) => each.startsWith('Error: ')) ?? lines.at(-1) ?? ''
    super(
      `smolvm ${doing} failed: ${line.replace(/^Error: /, '').slice(0, 300) || 'it said nothing'}`,
      'The system page tells what this smolvm can do; its own log may tell more (RUST_LOG=debug).',
      { cause },
    )
    this.name = 'SmolvmError'
  }
}

function unlessUnknown(error: unknown): void {
  if (error instanceof SmolvmError && /not found/i.test(error.said)) return
  throw error
}

/** The words after `machine create`. */
export function createArguments(name: string, options: MachineOptions, version: SmolvmVersion): string[] {
  const { source, allowCidrs, env, labels } = options
  // What has no `=`, or nothing before it, is skipped by smolvm without a word.
  for (const key of Object.keys(env))
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) throw new Error(`${key} cannot be the name of a variable.`)
  const each = (flag: string, values: readonly string[]) => values.flatMap((value) => [flag, value])
  const pairs = (record: Readonly<Record<string, string>>) =>
    Object.entries(record).map(([key, value]) => `${key}=${value}`)
  return [
    ...(can(version, 'namedMachines') ? ['--name', name] : [name]),
    ...(source ? [source.kind === 'archive' ? '--image' : '--from', source.path] : []),
    ...each('--cpus', [String(options.cpus)]),
    ...each('--mem', [String(options.memoryMiB)]),
    ...each('--storage', [String(options.storageGiB)]),
    ...(options.overlayGiB === null ? [] : ['--overlay', String(options.overlayGiB)]),
    ...policyArguments(allowCidrs, version),
    ...each('-e', pairs(env)),
    ...(can(version, 'labels') ? each('--label', pairs(labels)) : []),
  ]
}

/** A single address as a host switches names off in the guest; as a network it leaves them open (see smolvm 1.9.3). */
function policyArguments(allowCidrs: readonly Cidr[], version: SmolvmVersion): string[] {
  return allowCidrs.flatMap((cidr) =>
    can(version, 'hostFilter') && cidr.endsWith('/32') ? ['--allow-host', cidr.slice(0, -3)] : ['--allow-cidr', cidr],
  )
}

const execArguments = (name: string, { stdin }: { stdin: boolean }): string[] => [
  'machine',
  'exec',
  '--name',
  name,
  ...(stdin ? ['-i'] : []),
]
