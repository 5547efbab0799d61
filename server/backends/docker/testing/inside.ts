import type { Docker } from '../../../engine/docker.ts'

/** Runs a program in a container as the agent's user. @returns its code, and what it said on both streams */
export async function inside(
  docker: Docker,
  container: string,
  ...command: string[]
): Promise<{ code: number | null; text: string }> {
  const exec = await docker.exec(container, { command, tty: true, user: '1000:1000' })
  let text = ''
  for await (const chunk of exec.stream) text += String(chunk)
  return { code: await exec.exitCode(), text: text.replaceAll('\r\n', '\n') }
}

export { untilSeen } from '../../../testing/until-seen.ts'
