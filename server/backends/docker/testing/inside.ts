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

/** Bytes of a terminal until they hold `wanted`. @throws after ten seconds, with what was seen */
export async function untilSeen(output: NodeJS.ReadableStream, wanted: string | RegExp): Promise<string> {
  let seen = ''
  const matches = () => (typeof wanted === 'string' ? seen.includes(wanted) : wanted.test(seen))
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`“${wanted}” did not appear. Seen: ${seen}`)), 10_000)
    output.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
      if (!matches()) return
      clearTimeout(limit)
      resolve()
    })
  })
  return seen
}
