import { type Duplex, PassThrough, type Readable } from 'node:stream'
import Dockerode from 'dockerode'
import type { TtySize } from '../bottles/backend.ts'
import { type Endpoint, findEndpoint } from './endpoint.ts'
import { engineError, ignoringGone, orNull } from './engine-errors.ts'
import { jsonLines } from './json-lines.ts'

/** One message of a pull, a build or an import. A failure is a message too: the call itself does not reject. */
export interface ImageMessage {
  stream?: string
  status?: string
  id?: string
  progressDetail?: { current?: number; total?: number }
  error?: string
}
/** One message of the engine's event stream. */
export interface EngineEvent {
  Type: string
  Action: string
  Actor: { ID: string; Attributes: Readonly<Record<string, string>> }
}
export interface BuildOptions {
  reference: string
  dockerfile: string
  buildArgs: Readonly<Record<string, string>>
  labels: Readonly<Record<string, string>>
}
export interface ExecOptions {
  command: readonly string[]
  tty?: boolean
  user?: string
  workingDir?: string
  env?: readonly string[]
}
/** A program running inside a container beside its main one. */
export interface RunningExec {
  stream: Duplex
  resize(size: TtySize): Promise<void>
  /** Null while it runs, and when the engine no longer knows it. */
  exitCode(): Promise<number | null>
}

type NetworkFacts = Pick<Dockerode.NetworkInspectInfo, 'Containers'>

interface Connection {
  engine: Dockerode
  endpoint: Endpoint
}

/** The one place that spells the engine's API (1.41, through dockerode). Errors come out translated. */
export class Docker {
  #connection: Promise<Connection> | undefined

  /** Finds the engine at the first call, not before: an address that cannot be read is told where it matters. */
  constructor(private readonly env: NodeJS.ProcessEnv = process.env) {}

  version = () => this.call((engine) => engine.version())
  info = () => this.call((engine) => engine.info())

  // images
  inspectImage = (reference: string) => orNull(this.call((engine) => engine.getImage(reference).inspect()))
  listImages = (label: string) => this.call((engine) => engine.listImages({ filters: { label: [label] } }))
  removeImage = (reference: string) => ignoringGone(this.call((engine) => engine.getImage(reference).remove()))
  tagImage = (id: string, repo: string, tag: string) => this.call((engine) => engine.getImage(id).tag({ repo, tag }))

  pull(reference: string, abortSignal: AbortSignal): AsyncGenerator<ImageMessage> {
    return this.messages((engine) => engine.pull(reference, { abortSignal }))
  }

  /** Builds with the classic builder on the host's network: the default bridge is not to be relied upon. */
  build(context: Readable, options: BuildOptions, abortSignal: AbortSignal): AsyncGenerator<ImageMessage> {
    return this.messages((engine) =>
      engine.buildImage(context, {
        t: options.reference,
        dockerfile: options.dockerfile,
        buildargs: { ...options.buildArgs },
        labels: { ...options.labels },
        networkmode: 'host',
        rm: true,
        forcerm: true,
        abortSignal,
      }),
    )
  }

  /** Makes an image of a root file system. @param changes lines of a Dockerfile, such as `ENV A=b` */
  importImage(
    tar: Readable,
    { repo, tag, changes }: { repo: string; tag: string; changes: readonly string[] },
    abortSignal: AbortSignal,
  ): AsyncGenerator<ImageMessage> {
    return this.messages((engine) => engine.importImage(tar, { repo, tag, changes, abortSignal }))
  }

  /** An archive of an image with all its layers, as `docker save` writes it. */
  saveImage = (reference: string): Promise<Readable> =>
    this.stream((engine) => engine.getImage(reference).get() as Promise<unknown>)

  /** Takes an archive as `docker load` does; layers that the engine has need not be in it. Rejects when it is refused. */
  async loadImage(tar: Readable, abortSignal: AbortSignal): Promise<void> {
    const messages = this.messages<ImageMessage>((engine) => engine.loadImage(tar, { quiet: true, abortSignal }))
    for await (const { error } of messages) if (error) throw new Error(error)
  }

  // networks
  createNetwork = (options: Dockerode.NetworkCreateOptions) => this.call((engine) => engine.createNetwork(options))
  listNetworks = (labels: readonly string[]) =>
    this.call((engine) => engine.listNetworks({ filters: { label: [...labels] } }))
  /** Puts a container on one more network. */
  connectNetwork = (id: string, container: string) =>
    this.call((engine) => engine.getNetwork(id).connect({ Container: container }))
  /** Disconnects whatever is still on it first: somebody may have attached a container of their own. */
  async removeNetwork(id: string): Promise<void> {
    const facts = await orNull(this.call((engine) => engine.getNetwork(id).inspect() as Promise<NetworkFacts>))
    if (!facts) return
    for (const container of Object.keys(facts.Containers ?? {})) {
      const options = { Container: container, Force: true }
      await ignoringGone(this.call((engine) => engine.getNetwork(id).disconnect(options)))
    }
    await ignoringGone(this.call((engine) => engine.getNetwork(id).remove()))
  }

  // containers
  createContainer = async (options: Dockerode.ContainerCreateOptions): Promise<string> =>
    (await this.call((engine) => engine.createContainer(options))).id
  startContainer = (id: string) => this.call((engine) => engine.getContainer(id).start())
  inspectContainer = (id: string) => orNull(this.call((engine) => engine.getContainer(id).inspect()))
  listContainers = (labels: readonly string[]) =>
    this.call((engine) => engine.listContainers({ all: true, filters: { label: [...labels] } }))
  /** Sends the container's stop signal, then kills. @param graceSeconds 0 kills at once */
  stopContainer = (id: string, graceSeconds: number) =>
    ignoringGone(this.call((engine) => engine.getContainer(id).stop({ t: graceSeconds })))
  removeContainer = (id: string) =>
    ignoringGone(this.call((engine) => engine.getContainer(id).remove({ force: true, v: true })))
  /**
   * Makes an image of a container's files, pausing it meanwhile. The engine keeps what `config` is silent about.
   * @returns the image's id; it has no name
   */
  commitContainer = async (
    id: string,
    config: Pick<Dockerode.ContainerCreateOptions, 'Cmd' | 'Entrypoint' | 'Env' | 'Labels' | 'User' | 'WorkingDir'>,
    abortSignal: AbortSignal,
  ): Promise<string> => {
    const options = { _query: { container: id, pause: true }, _body: config, abortSignal }
    return ((await this.call((engine) => engine.getContainer(id).commit(options))) as { Id: string }).Id
  }
  resizeContainer = (id: string, { cols, rows }: TtySize) =>
    this.call((engine) => engine.getContainer(id).resize({ w: cols, h: rows }))
  /** Settles when the container no longer runs. @returns its exit code */
  waitContainer = async (id: string, abortSignal: AbortSignal): Promise<number> =>
    (await this.call((engine) => engine.getContainer(id).wait({ condition: 'not-running', abortSignal }))).StatusCode

  /** Unpacks a tar into a container, running or not. Rejects when `tar` fails. */
  async putArchive(id: string, tar: Readable, folder: string, abortSignal: AbortSignal): Promise<void> {
    await this.call((engine) => engine.getContainer(id).putArchive(tar, { path: folder, abortSignal }))
  }

  /** The main process's terminal, from now on. */
  attach(id: string): Promise<Duplex> {
    const options = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true }
    return this.stream<Duplex>((engine) => engine.getContainer(id).attach(options))
  }

  /** The main process's standard input alone. Ending it leaves the process's own input open (`StdinOnce: false`). */
  attachInput(id: string): Promise<Duplex> {
    return this.stream<Duplex>((engine) => engine.getContainer(id).attach({ stream: true, stdin: true, hijack: true }))
  }

  /**
   * Standard output of a container without a terminal, recorded and then live, until the container or the stream ends.
   * @param since epoch milliseconds; null: all
   */
  async followOutput(id: string, since: number | null): Promise<Readable> {
    const options = {
      follow: true as const,
      stdout: true,
      stderr: false,
      ...(since !== null && { since: since / 1000 }),
    }
    const framed = await this.stream<Readable>((engine) => engine.getContainer(id).logs(options))
    const output = new PassThrough()
    const { engine } = await this.connection()
    engine.modem.demuxStream(framed, output, new PassThrough().resume())
    framed.once('end', () => output.end()).once('close', () => output.end())
    framed.once('error', (error) => output.destroy(error))
    output.once('close', () => framed.destroy())
    return output
  }

  /**
   * What the engine recorded of the main process's terminal. @param since epoch milliseconds; null: all
   *
   * A call made by hand, for two reasons. dockerode hands `logs` over as one buffer (and parses it where it is JSON)
   * unless it follows, and a follow does not end on a quiet container. And an attach that only replays (`logs` without
   * `stream`) leaves a pipe in the engine that nobody reads: a megabyte later the container's output stands still and
   * the container can no longer be ended (seen with 20.10).
   */
  recorded(id: string, since: number | null): Promise<Readable> {
    const range = since === null ? {} : { since: since / 1000, until: Date.now() / 1000 }
    const call = {
      path: `/containers/${id}/logs?`,
      method: 'GET',
      isStream: true,
      statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
      options: { stdout: true, stderr: true, ...range },
    }
    return this.stream(
      (engine) =>
        new Promise((resolve, reject) =>
          engine.modem.dial(call, (error: unknown, stream: unknown) => (error ? reject(error) : resolve(stream))),
        ),
    )
  }

  async exec(id: string, options: ExecOptions): Promise<RunningExec> {
    const exec = await this.call((engine) =>
      engine.getContainer(id).exec({
        Cmd: [...options.command],
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        Tty: options.tty ?? false,
        ...(options.user && { User: options.user }),
        ...(options.workingDir && { WorkingDir: options.workingDir }),
        ...(options.env && { Env: [...options.env] }),
      }),
    )
    const stream = await this.call(() => exec.start({ hijack: true, stdin: true, Tty: options.tty ?? false }))
    return {
      stream,
      resize: async ({ cols, rows }) => void (await this.call(() => exec.resize({ w: cols, h: rows }))),
      exitCode: async () => (await orNull(this.call(() => exec.inspect())))?.ExitCode ?? null,
    }
  }

  /**
   * Runs a program to its end. @returns its code, and what it said on both streams
   * @throws the signal's reason when it is aborted; the program may then go on
   */
  async run(
    id: string,
    { stdin, signal, ...options }: Omit<ExecOptions, 'tty'> & { stdin?: Buffer; signal?: AbortSignal },
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    signal?.throwIfAborted()
    const { stream, exitCode } = await this.exec(id, options)
    const abort = () => stream.destroy()
    signal?.addEventListener('abort', abort, { once: true })
    try {
      const { engine } = await this.connection()
      const [stdout, stderr] = [collected(), collected()]
      engine.modem.demuxStream(stream, stdout.stream, stderr.stream)
      stream.end(stdin)
      await new Promise<void>((resolve, reject) => stream.once('close', resolve).once('error', reject))
      signal?.throwIfAborted()
      return { code: await exitCode(), stdout: stdout.text(), stderr: stderr.text() }
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  async *stats(id: string, abortSignal: AbortSignal): AsyncGenerator<Dockerode.ContainerStats> {
    yield* this.messages((engine) => engine.getContainer(id).stats({ stream: true, abortSignal } as { stream: true }))
  }

  /** Settles once the engine listens: from then on no event is missed. */
  async events(labels: readonly string[], abortSignal: AbortSignal): Promise<AsyncGenerator<EngineEvent>> {
    const options = { filters: { label: [...labels] }, abortSignal } as Dockerode.GetEventsOptions
    const stream = await this.stream((engine) => engine.getEvents(options))
    return jsonLines<EngineEvent>(stream)
  }

  private async call<T>(use: (engine: Dockerode) => Promise<T>): Promise<T> {
    const { engine, endpoint } = await this.connection()
    try {
      return await use(engine)
    } catch (error) {
      throw engineError(error, endpoint)
    }
  }

  /** The types know these as older kinds of stream; they are sockets and answers of Node. */
  private stream<T extends Readable>(use: (engine: Dockerode) => Promise<unknown>): Promise<T> {
    return this.call(use) as Promise<T>
  }

  private async *messages<T>(use: (engine: Dockerode) => Promise<unknown>): AsyncGenerator<T> {
    const stream = await this.stream(use)
    const { endpoint } = await this.connection()
    try {
      yield* jsonLines<T>(stream)
    } catch (error) {
      throw engineError(error, endpoint)
    }
  }

  private connection(): Promise<Connection> {
    this.#connection ??= findEndpoint(this.env).then(
      (endpoint) => ({ endpoint, engine: new Dockerode(endpoint.options) }),
      (error) => {
        this.#connection = undefined
        throw error
      },
    )
    return this.#connection
  }
}

function collected(): { stream: PassThrough; text(): string } {
  const stream = new PassThrough()
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return { stream, text: () => Buffer.concat(chunks).toString() }
}
