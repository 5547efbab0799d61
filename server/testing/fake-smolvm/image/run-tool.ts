import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { agentFailed } from '../failure.ts'

/** Runs a program of the host that the double needs. @throws Failure when it is not installed */
export async function runTool(
  program: string,
  args: readonly string[],
): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(program, [...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve).once('error', () => {
      reject(
        agentFailed(program, `${program} is not installed; the double needs it (Debian: apt-get install ${program})`),
      )
    })
  })
  const [code, stderr] = await Promise.all([ended, text(child.stderr)])
  return { code, stderr }
}
