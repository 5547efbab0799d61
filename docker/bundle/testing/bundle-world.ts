import { randomUUID } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ExecaError, execa } from 'execa'
import { bundleInto } from '../../../scripts/lib/bundle.mjs'
import type { BundleHealth, BundleInput, BundleLine } from '../../../server/contract/bundle.ts'
import { Docker } from '../../../server/engine/docker.ts'
import { LeafIssuer, mintCa } from '../egress/leaf-issuer.ts'
import type { TableFile } from '../egress/table.ts'

const BASE = 'bot-bottle-base'
export const ORIGIN_HOST = 'api.test'

const docker = async (...args: string[]): Promise<string> => (await execa('docker', args)).stdout.trim()

/** Why these tests cannot run here; null when they can. */
export async function worldAbsent(): Promise<string | null> {
  const images = await docker('images', '--format', '{{.Repository}}:{{.Tag}}', BASE).catch(
    (error: ExecaError) => error,
  )
  if (typeof images !== 'string') return `no Docker engine: ${images.shortMessage}`
  return images ? null : `no image ${BASE}:* (launch a bottle once)`
}

/**
 * A bundle on a real engine, as hardened as in a bottle, between an internal network with a client on it and a network
 * with an upstream on it. Disposing removes all of it.
 */
export class BundleWorld implements AsyncDisposable {
  readonly #made: (() => Promise<unknown>)[] = []
  readonly #id = randomUUID().slice(0, 8)
  ca = { certificate: '', key: '' }
  originCa = ''
  bundle = ''
  client = ''
  origin = ''
  address = ''
  originAddress = ''
  folder = ''

  static async create(): Promise<BundleWorld> {
    const world = new BundleWorld()
    try {
      await world.#make()
      return world
    } catch (error) {
      await world[Symbol.asyncDispose]()
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const undo of this.#made.reverse()) await undo().catch(() => {})
  }

  async #make(): Promise<void> {
    this.folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-bundle-'))
    this.#made.push(() => rm(this.folder, { recursive: true, force: true }))
    await mkdir(path.join(this.folder, 'routes'), { mode: 0o755 })
    await mkdir(path.join(this.folder, 'origin'), { mode: 0o755 })
    const image = await this.#image()
    this.ca = await mintCa(`test ${this.#id}`)
    const originCa = await mintCa('test origin')
    this.originCa = originCa.certificate
    const leaf = await (await LeafIssuer.open(originCa)).leaf(ORIGIN_HOST)
    await writeFile(path.join(this.folder, 'origin/tls.json'), JSON.stringify(leaf), { mode: 0o644 })
    await writeFile(path.join(this.folder, 'origin/ca.pem'), this.ca.certificate, { mode: 0o644 })

    const inside = await this.#network('inside', ['--internal', '-o', 'com.docker.network.bridge.inhibit_ipv4=true'])
    const outside = await this.#network('outside', [])
    this.address = inside.at(2)
    this.originAddress = outside.at(3)
    const base = await docker('images', '--format', '{{.ID}}', BASE)
    const plain = base.split('\n')[0]!
    const files = `${path.join(this.folder, 'origin')}:/test:ro`
    this.origin = await this.#run('origin', [
      ...['--network', outside.name, '--ip', this.originAddress, '-v', files, plain, 'node', '-e', ORIGIN],
    ])
    this.client = await this.#run('client', [
      ...['--network', inside.name, '--ip', inside.at(3), '--dns', '127.0.0.1', '-v', files, plain, 'sleep', '3600'],
    ])
    // By the engine's API: the command line cannot ask for an input that stays open when its writer goes.
    this.bundle = await new Docker().createContainer({
      name: `bot-bottle-test-${this.#id}-sidecars`,
      Image: image,
      Labels: { 'io.bot-bottle.test': 'bundle', 'io.bot-bottle.home': `test-${this.#id}` },
      OpenStdin: true,
      StdinOnce: false,
      StopTimeout: 8,
      NetworkingConfig: { EndpointsConfig: { [inside.name]: { IPAMConfig: { IPv4Address: this.address } } } },
      HostConfig: {
        NetworkMode: inside.name,
        Init: true,
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        CapAdd: ['SETUID', 'SETGID', 'KILL'],
        SecurityOpt: ['no-new-privileges'],
        PidsLimit: 128,
        Memory: 512 * 1024 * 1024,
        Tmpfs: { '/run': '', '/tmp': '' },
        LogConfig: { Type: 'local', Config: {} },
        Binds: [`${path.join(this.folder, 'routes')}:/etc/bot-bottle/egress:ro`],
      },
    })
    this.#made.push(() => docker('rm', '-f', this.bundle))
    await docker('network', 'connect', outside.name, this.bundle)
    await this.routes(this.table())
  }

  #labels(): string[] {
    return ['--label', 'io.bot-bottle.test=bundle', '--label', `io.bot-bottle.home=test-${this.#id}`]
  }

  async #image(): Promise<string> {
    const context = path.join(this.folder, 'image')
    await bundleInto(context)
    await copyFile(path.resolve(import.meta.dirname, '../Dockerfile'), path.join(context, 'Dockerfile'))
    const bases = await docker('images', '--format', '{{.Repository}}:{{.Tag}}', BASE)
    const tag = `bot-bottle-test-sidecars:${this.#id}`
    const base = ['--build-arg', `BASE_IMAGE=${bases.split('\n')[0]}`]
    await docker('build', '-q', '--network', 'none', ...base, ...this.#labels(), '-t', tag, context)
    this.#made.push(() => docker('rmi', tag))
    return tag
  }

  async #network(kind: string, options: string[]) {
    for (let attempt = 0; ; attempt++) {
      const stem = `10.211.${Math.floor(Math.random() * 256)}`
      const name = `bot-bottle-test-${this.#id}-${kind}`
      try {
        const id = await docker('network', 'create', ...options, '--subnet', `${stem}.0/28`, ...this.#labels(), name)
        this.#made.push(() => docker('network', 'rm', id))
        return { name, at: (host: number) => `${stem}.${host}` }
      } catch (error) {
        if (attempt > 20) throw error
      }
    }
  }

  async #run(kind: string, args: string[]): Promise<string> {
    const name = `bot-bottle-test-${this.#id}-${kind}`
    const id = await docker('run', '-d', '--init', '--cap-drop', 'ALL', '--name', name, ...this.#labels(), ...args)
    this.#made.push(() => docker('rm', '-f', id))
    return id
  }

  table(more: Partial<TableFile['routes'][number]> = {}, top: Partial<TableFile> = {}): TableFile {
    return {
      version: 1,
      log: 1,
      frozen: false,
      resolve: { [ORIGIN_HOST]: this.originAddress },
      routes: [
        {
          host: ORIGIN_HOST,
          ports: [443],
          origin: { kind: 'bottle', name: 'test' },
          auth: { scheme: 'Bearer', header: 'authorization', slot: 'API' },
          matches: [],
          gitFetch: false,
          scan: { outbound: [], inbound: [], onMatch: 'block' },
          ...more,
        },
      ],
      ...top,
    }
  }

  /** Puts a table in place as the server does. @param text not a table, to see what is done about it */
  async routes(text: TableFile | string): Promise<void> {
    const { stringify } = await import('yaml')
    const beside = path.join(this.folder, 'routes/.routes.yaml')
    await writeFile(beside, typeof text === 'string' ? text : stringify(text), { mode: 0o644 })
    await rename(beside, path.join(this.folder, 'routes/routes.yaml'))
  }

  start = () => docker('start', this.bundle)

  /** Writes a line to the bundle's standard input as the server does, then lets go of it. */
  async handOver(input: BundleInput | string): Promise<void> {
    const before = (await this.lines()).at(-1)?.n ?? 0
    const stream = await new Docker().attach(this.bundle)
    stream.on('error', () => {}).resume()
    stream.write(`${typeof input === 'string' ? input : JSON.stringify(input)}\n`)
    await this.told(({ kind }) => kind === 'ready' || kind === 'input-refused', before)
    stream.destroy()
  }

  input(token: string) {
    return {
      daemons: ['egress'],
      egress: {
        listen: this.address,
        ca: this.ca,
        tokens: { API: token },
        known: [{ name: 'API', value: token }],
        upstreamCa: [this.originCa],
      },
    } satisfies BundleInput
  }

  async lines(): Promise<BundleLine[]> {
    const text = await docker('logs', this.bundle)
    const whole = text.split('\n').filter((line) => line.startsWith('{'))
    return whole.map((line) => JSON.parse(line) as BundleLine)
  }

  /** Waits for a line. @throws after twenty seconds, with all that was told */
  async told(wanted: (line: BundleLine) => boolean, after = 0): Promise<BundleLine> {
    for (let attempt = 0; attempt < 200; attempt++) {
      const found = (await this.lines()).find((line) => line.n > after && wanted(line))
      if (found) return found
      await sleep(100)
    }
    throw new Error(`Not told. There is: ${JSON.stringify(await this.lines(), null, 1)}`)
  }

  /** Waits for the supervisor to listen: the engine says “started” before a program has done anything. */
  async health(): Promise<BundleHealth> {
    for (let attempt = 0; ; attempt++) {
      const { stdout, stderr } = await this.inBundle('node', '/opt/bot-bottle/supervisor.mjs', '--health')
      if (stdout) return JSON.parse(stdout) as BundleHealth
      if (attempt === 50) throw new Error(stderr)
      await sleep(100)
    }
  }

  inBundle = (...command: string[]) => this.inBundleAs('0:0', ...command)
  inBundleAs = (user: string, ...command: string[]) =>
    execa('docker', ['exec', '-u', user, this.bundle, ...command], { reject: false })

  /** Asks the upstream from the client through egress. @returns status and body, or why there was none */
  async ask(pathname: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
    const args = ['exec', this.client, 'node', '-e', ASK, this.address, ORIGIN_HOST, pathname, JSON.stringify(headers)]
    const { stdout } = await execa('docker', args)
    return JSON.parse(stdout)
  }

  inspect = async (what: string) => JSON.parse(await docker('inspect', what))
}

/** Says what reached it. */
const ORIGIN = `
const { certificate, key } = JSON.parse(require('fs').readFileSync('/test/tls.json', 'utf8'))
require('https').createServer({ cert: certificate, key }, (request, response) => {
  request.resume()
  const digest = require('crypto').createHash('sha256').update(request.headers.authorization ?? '').digest('hex')
  response.end(JSON.stringify({ path: request.url, digest }))
}).listen(443)
process.on('SIGTERM', () => process.exit())
`

const ASK = `
const [address, host, path, headers] = process.argv.slice(1)
const say = (status, body) => { console.log(JSON.stringify({ status, body })); process.exit() }
setTimeout(() => say(0, 'no answer'), 10000)
const request = require('http').request({ host: address, port: 9099, method: 'CONNECT', path: host + ':443' })
request.on('error', (error) => say(0, error.code ?? error.message))
request.on('response', (response) => { let t = ''; response.on('data', (d) => t += d).on('end', () => say(response.statusCode, t)) })
request.on('connect', (response, socket, head) => {
  if (response.statusCode !== 200) return say(response.statusCode, String(response.headers['x-bot-bottle-refused']))
  const ca = require('fs').readFileSync('/test/ca.pem')
  const secured = require('tls').connect({ socket, ca, servername: host })
  secured.on('error', (error) => say(0, error.code ?? error.message))
  require('http').get({ host, path, headers: { host, ...JSON.parse(headers) }, createConnection: () => secured }, (answer) => {
    let t = ''; answer.on('data', (d) => t += d).on('end', () => say(answer.statusCode, t))
  }).on('error', (error) => say(0, error.code ?? error.message))
})
request.end()
`
