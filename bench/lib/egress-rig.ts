import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { LeafIssuer, mintCa } from '../../docker/bundle/egress/leaf-issuer.ts'
import { bundleInto } from '../../scripts/lib/bundle.mjs'
import type { EgressInput } from '../../server/contract/bundle.ts'
import { bundleNode } from './bundle-node.ts'

export const HOST = 'api.test'
const TOKEN = 'bench-token-0123456789abcdef'

/** Something that requests go through, or the upstream itself. */
export interface Way {
  name: string
  /** Port of the proxy; null: straight to the upstream. */
  proxy: number | null
  /** PEM that the client trusts. */
  ca: string
  /** The proxy's process. */
  child: ChildProcess | null
}

/** An upstream in a process of its own, and proxies before it. Disposing ends and removes all of it. */
export class Rig implements Disposable {
  readonly #children: ChildProcess[] = []
  readonly folder = mkdtempSync(path.join(tmpdir(), 'bot-bottle-bench-'))
  address = ''
  port = 0
  #originCa = ''
  #networkId = ''
  #node = { command: process.execPath, note: '' }

  static async start(): Promise<Rig> {
    const rig = new Rig()
    const ca = await mintCa('bench origin')
    rig.#originCa = ca.certificate
    rig.#network()
    const leaf = path.join(rig.folder, 'leaf.json')
    writeFileSync(leaf, JSON.stringify(await (await LeafIssuer.open(ca)).leaf(HOST)), { mode: 0o600 })
    const origin = rig.#spawn(process.execPath, [
      '--import',
      'tsx',
      path.join(import.meta.dirname, 'egress-origin.ts'),
      leaf,
    ])
    const [line] = (await once(origin.stdout as Readable, 'data')) as [Buffer]
    rig.port = Number(line.toString())
    await bundleInto(path.join(rig.folder, 'bundle'))
    rig.#node = await bundleNode()
    return rig
  }

  [Symbol.dispose](): void {
    for (const child of this.#children) child.kill('SIGKILL')
    if (this.#networkId) execFileSync('docker', ['network', 'rm', this.#networkId], { stdio: 'ignore' })
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** An address of this machine that is not loopback: egress never connects to that, not even where a host is fixed to it. */
  #network(): void {
    const subnet = `10.212.${process.pid % 256}`
    const label = 'io.bot-bottle.test=bench'
    const options = ['--subnet', `${subnet}.0/28`, '--gateway', `${subnet}.1`, '--label', label]
    this.#networkId = execFileSync('docker', ['network', 'create', ...options, `bot-bottle-bench-${process.pid}`], {
      encoding: 'utf8',
    }).trim()
    this.address = `${subnet}.1`
  }

  direct(): Way {
    return { name: 'direct', proxy: null, ca: this.#originCa, child: null }
  }

  /**
   * Our proxy as the bundle runs it: the single file on the image's Node with the supervisor's flag, its secrets on
   * descriptor 3, its audit read from 4.
   */
  async egress(name: string, scan: boolean): Promise<Way> {
    const routes = path.join(this.folder, name.replaceAll(' ', '-'))
    mkdirSync(routes)
    const detectors = scan ? [] : false
    const route = {
      host: HOST,
      ports: [this.port],
      origin: { kind: 'bottle', name: 'bench' },
      auth: { scheme: 'Bearer', header: 'authorization', slot: 'API' },
      // Everything, and WebSockets, too.
      matches: [{}, { headers: [{ name: 'upgrade', value: 'websocket', type: 'exact' }] }],
      gitFetch: false,
      scan: { outbound: detectors, inbound: detectors, onMatch: 'block' },
    }
    const table = { version: 1, log: 1, resolve: { [HOST]: this.address }, routes: [route] }
    writeFileSync(path.join(routes, 'routes.yaml'), JSON.stringify(table))
    const port = await freePort()
    const script = path.join(this.folder, 'bundle/egress.mjs')
    const argv = ['--max-old-space-size=256', script, '--routes', routes, '--port', String(port)]
    const child = this.#spawn(this.#node.command, argv)
    const [, , , secrets, news] = child.stdio as unknown as [null, null, null, Writable, Readable]
    const ca = await mintCa('bench')
    const input: EgressInput = {
      listen: '127.0.0.1',
      ca,
      tokens: { API: TOKEN },
      known: [
        { name: 'API', value: TOKEN },
        { name: 'canary', value: 'ghp_9fK2mQ8xT4vB7nL1cR6yW3sZ5dH0jP2aGe1U' },
      ],
      upstreamCa: [this.#originCa],
    }
    secrets.write(`${JSON.stringify(input)}\n`)
    let told = ''
    while (!told.includes('"up"')) told += String((await once(news, 'data'))[0])
    news.resume()
    return { name: `${name}${this.#node.note}`, proxy: port, ca: ca.certificate, child }
  }

  /** Debian's mitmproxy with an addon that does as little as ours must: one host, one header. */
  async mitmproxy(): Promise<Way | string> {
    try {
      execFileSync('mitmdump', ['--version'], { stdio: 'ignore' })
    } catch {
      return 'mitmproxy is not installed (apt-get install mitmproxy)'
    }
    const addon = path.join(this.folder, 'addon.py')
    writeFileSync(addon, mitmAddon(this.address, this.port))
    const trusted = path.join(this.folder, 'origin-ca.pem')
    writeFileSync(trusted, this.#originCa)
    const confdir = path.join(this.folder, 'mitm')
    const port = await freePort()
    const settings = ['http2=false', 'stream_large_bodies=1m', `confdir=${confdir}`]
    settings.push(`ssl_verify_upstream_trusted_ca=${trusted}`, 'connection_strategy=lazy')
    const child = this.#spawn('mitmdump', [
      ...['-q', '--listen-host', '127.0.0.1', '-p', String(port), '-s', addon],
      ...settings.flatMap((setting) => ['--set', setting]),
    ])
    const file = path.join(confdir, 'mitmproxy-ca-cert.pem')
    for (let attempt = 0; !existsSync(file); attempt++) {
      if (attempt === 200) return 'mitmproxy did not start'
      await sleep(100)
    }
    await sleep(1000)
    return { name: 'mitmproxy', proxy: port, ca: readFileSync(file, 'utf8'), child }
  }

  #spawn(command: string, args: string[]): ChildProcess {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit', 'pipe', 'pipe'] })
    this.#children.push(child)
    return child
  }
}

const mitmAddon = (address: string, port: number) => `
from mitmproxy import http
def server_connect(data):
    data.server.address = ("${address}", ${port})
def requestheaders(flow):
    if flow.request.pretty_host != "${HOST}":
        flow.response = http.Response.make(403)
    flow.request.headers["authorization"] = "Bearer ${TOKEN}"
def responseheaders(flow):
    # Otherwise it holds events back until the last has come.
    flow.response.stream = flow.response.headers.get("content-type", "") == "text/event-stream"
`

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Processor time that a process has used, in seconds, and its resident memory in MiB. */
export function usage(child: ChildProcess | null): { cpu: number; rss: number; peak: number } {
  if (!child?.pid) return { cpu: Number.NaN, rss: Number.NaN, peak: Number.NaN }
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const kib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, rss: kib('VmRSS'), peak: kib('VmHWM') }
}
