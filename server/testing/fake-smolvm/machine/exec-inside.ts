import type { Socket } from 'node:net'
import type { World } from '../cli/command.ts'
import { demux } from '../engine/demux.ts'
import { agentFailed } from '../failure.ts'
import { containerName } from './names.ts'

export interface Inside {
  command: readonly string[]
  /** `0` or as an image names it. */
  user: string
  env?: readonly string[]
  workdir?: string | null
  stdin?: boolean
  tty?: boolean
}

export interface ExecFacts {
  /** As the host numbers it; 0 until it runs. */
  Pid: number
  Running: boolean
  ExitCode: number | null
}

export interface StartedExec {
  id: string
  stream: Socket
}

/** Starts a program in the machine's container. */
export async function startInside(world: World, machine: string, inside: Inside): Promise<StartedExec> {
  const engine = await world.engine()
  const path = `/containers/${containerName(world.home, machine)}/exec`
  const exec = await engine.call<{ Id: string }>('POST', path, {
    AttachStdin: inside.stdin ?? false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: inside.tty ?? false,
    Cmd: inside.command,
    Env: inside.env ?? [],
    User: inside.user,
    ...(inside.workdir && { WorkingDir: inside.workdir }),
  })
  if (!exec) throw agentFailed('exec', 'the guest is gone')
  const stream = await engine.hijack(`/exec/${exec.Id}/start`, { Detach: false, Tty: inside.tty ?? false })
  return { id: exec.Id, stream }
}

export async function execFacts(world: World, id: string): Promise<ExecFacts> {
  const facts = await (await world.engine()).call<ExecFacts>('GET', `/exec/${id}/json`)
  return facts ?? { Pid: 0, Running: false, ExitCode: null }
}

/** Runs a program to its end, for what the double itself does in a machine. */
export async function runInside(
  world: World,
  machine: string,
  inside: Inside,
  input?: Buffer,
): Promise<{ code: number; stdout: Buffer; stderr: string }> {
  const { id, stream } = await startInside(world, machine, { ...inside, stdin: input !== undefined })
  const [stdout, stderr]: Buffer[][] = [[], []]
  stream.on('data', demux({ stdout: (chunk) => stdout!.push(chunk), stderr: (chunk) => stderr!.push(chunk) }))
  if (input !== undefined) stream.end(input)
  await new Promise<void>((resolve, reject) => stream.once('close', resolve).once('end', resolve).once('error', reject))
  const { ExitCode } = await execFacts(world, id)
  return { code: ExitCode ?? -1, stdout: Buffer.concat(stdout!), stderr: Buffer.concat(stderr!).toString() }
}
