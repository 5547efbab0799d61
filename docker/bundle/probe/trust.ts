import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:tls'
import { tunnel } from './reach.ts'

/** Programs are started for this, which takes seconds on a machine that is busy to its limits. */
const LIMIT_MS = 12_000

export interface Trust {
  name: string
  trusted: boolean
  detail: string
}

interface Toolchain {
  name: string
  command: string
  args: readonly string[]
}

const HOST = '_egress.local'
const PYTHON = `
import sys
try:
  import os, socket, ssl
except ImportError:
  sys.exit(3)
host, port = os.environ["HTTPS_PROXY"].split("//")[1].split(":")
s = socket.create_connection((host, int(port)), 10)
s.sendall(b"CONNECT ${HOST}:443 HTTP/1.1\\r\\nHost: ${HOST}:443\\r\\n\\r\\n")
s.recv(4096)
c = ssl.create_default_context()
c.check_hostname = False
c.wrap_socket(s, server_hostname="${HOST}").close()
`
/** What the script above exits with where Python has no TLS. */
const NO_TLS = 3
/** Programs besides Node that make TLS connections with a trust store of their own, and how each is asked to. */
const TOOLCHAINS: readonly Toolchain[] = [
  { name: 'curl', command: 'curl', args: ['-fsS', '-m', '10', '-o', '/dev/null', `https://${HOST}/allowlist`] },
  { name: 'python', command: 'python3', args: ['-c', PYTHON] },
  // Nothing is there to fetch; what counts is that the connection is trusted.
  { name: 'git', command: 'git', args: ['ls-remote', `https://${HOST}/none.git`] },
]
const UNTRUSTED = /certificate|self.signed|unable to get (?:local )?issuer|CERT_|SSL/i

/** @returns for each toolchain found here, whether it trusts the bottle’s authority */
export async function trustOfToolchains(proxy: string): Promise<Trust[]> {
  const folders = (process.env.PATH ?? '').split(':')
  const here = TOOLCHAINS.filter(({ command }) => folders.some((folder) => existsSync(`${folder}/${command}`)))
  return (await Promise.all([trustOfNode(proxy), ...here.map(trust)])).filter((found) => found !== null)
}

/** This is a Node program with the agent's environment: one more need not be started for it. */
async function trustOfNode(proxy: string): Promise<Trust> {
  const said = (trusted: boolean, detail = 'trusts the bottle’s authority') => ({ name: 'node', trusted, detail })
  const { socket } = await tunnel(proxy, `${HOST}:443`)
  if (!socket) return said(false, 'gave no answer')
  return new Promise((resolve) => {
    const secured = connect({ socket, servername: HOST, timeout: LIMIT_MS })
    const end = (trust: Trust) => {
      secured.destroy()
      resolve(trust)
    }
    secured
      .once('secureConnect', () => end(said(true)))
      .once('error', (error: NodeJS.ErrnoException) => end(said(false, error.code ?? error.message)))
      .once('timeout', () => end(said(false, 'gave no answer')))
      .once('close', () => end(said(false, 'gave no answer')))
  })
}

function trust({ name, command, args }: Toolchain): Promise<Trust | null> {
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0' }
  return new Promise((resolve) => {
    execFile(command, [...args], { timeout: LIMIT_MS, env }, (error, _stdout, stderr) => {
      if (name === 'python' && error?.code === NO_TLS) return resolve(null)
      const said = stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? ''
      // git always fails here: 404 says that it came through, a word about certificates that it did not.
      const trusted = name === 'git' ? error !== null && !error.killed && !UNTRUSTED.test(stderr) : error === null
      resolve({ name, trusted, detail: trusted ? 'trusts the bottle’s authority' : said || 'gave no answer' })
    })
  })
}
