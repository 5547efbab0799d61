import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { inRoot, root } from '../../scripts/lib/places.mjs'

/** What Next alone takes: its own production server on our build, with nothing of ours but the pages. */
export async function startBareNext(): Promise<{ url: string; pid: number; end(): void }> {
  const child: ChildProcess = spawn(process.execPath, [inRoot('node_modules/next/dist/bin/next'), 'start', '-p', '0'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let url = ''
  for await (const line of createInterface({ input: child.stdout! })) {
    url ||= /http:\/\/localhost:\d+/.exec(line)?.[0] ?? ''
    if (url && line.includes('Ready')) break
  }
  child.stdout?.resume()
  // It lacks what our pages read from, so that only a page without it can be drawn: the one for an unknown address.
  await fetch(`${url}/nowhere`).then((answer) => answer.text())
  return { url, pid: child.pid!, end: () => child.kill() }
}
