import type { Docker } from '../../engine/docker.ts'
import { startScript } from '../../guest/start-script.ts'

/** Memory of the container only, for the guest's user only; nothing written there reaches a disk. */
export const GATE_FOLDER = '/run/bot-bottle'
const FIFO = `${GATE_FOLDER}/start`

/**
 * Main process of every agent container: waits at a fifo, takes the secret part of the environment from it and becomes
 * the agent. So the container can be probed from inside before the agent runs, and no secret is in its configuration,
 * on a command line or in a file.
 */
const WAIT = `umask 077 && mkfifo ${FIFO} && umask 022 && . ${FIFO} && rm -f ${FIFO} && exec "$@"`
export const GATE_COMMAND = ['sh', '-c', WAIT, 'bot-bottle'] as const

/** Waits until the gate is there, then hands it exactly as many bytes as were sent: the end of input may be lost. */
const OPEN = `until [ -p ${FIFO} ]; do sleep 0.02; done; head -c "$1" > ${FIFO}`

/**
 * Opens the gate of a running container: the agent begins.
 *
 * @param secrets values of secret variables by name
 * @throws Error when the gate is not there or is open already
 */
export async function openGate(docker: Docker, container: string, secrets: ReadonlyMap<string, string>): Promise<void> {
  const script = Buffer.from(startScript(secrets))
  const exec = await docker.exec(container, {
    command: ['sh', '-c', OPEN, 'open-gate', String(script.length)],
    user: '1000:1000',
  })
  exec.stream.resume()
  exec.stream.end(script)
  await new Promise<void>((resolve, reject) => exec.stream.once('close', resolve).once('error', reject))
  const code = await exec.exitCode()
  if (code !== 0) throw new Error(`The agent could not be started: its gate answered ${code}.`)
}
