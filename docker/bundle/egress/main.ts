import 'reflect-metadata' // must be loaded before @peculiar/x509
import { Socket } from 'node:net'
import path from 'node:path'
import { rootCertificates } from 'node:tls'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { EGRESS_PORT, type EgressInput, ROUTES_FILE, ROUTES_FOLDER } from '../../../server/contract/bundle.ts'
import type { EgressAudit } from '../../../server/contract/egress.ts'
import { LineWriter } from '../lib/line-writer.ts'
import { readLines } from '../lib/lines.ts'
import { KnownValues } from '../scan/known-values.ts'
import { redactShapes } from '../scan/shapes.ts'
import { WorkerScanner } from '../scan/worker-scanner.ts'
import type { DaemonLine } from '../supervisor/daemon-line.ts'
import type { Mask } from './detail.ts'
import { LeafIssuer } from './leaf-issuer.ts'
import { Egress } from './proxy.ts'
import { CLOSED_TABLE } from './table.ts'
import { TableWatcher } from './table-watcher.ts'

const INPUT_LIMIT = 16 * 1024 * 1024
/** Descriptors that the supervisor opened: secrets come in on one, what we tell goes out on the other. */
const SECRETS_FD = 3
const NEWS_FD = 4
const MASKED = '[masked]'

const { values: options } = parseArgs({
  options: {
    routes: { type: 'string', default: ROUTES_FOLDER },
    port: { type: 'string', default: String(EGRESS_PORT) },
  },
})

const news = new LineWriter(new Socket({ fd: NEWS_FD, readable: false, writable: true }), (audits) =>
  JSON.stringify({ kind: 'lost', audits } satisfies DaemonLine),
)
const tell = (line: DaemonLine) => news.add(JSON.stringify(line), line.kind === 'audit')
/** What was refused before it was scanned may hold a secret in its host or path: replaced by each hand-over. */
let shown: Mask = () => MASKED
const audit = (line: EgressAudit) => {
  const { host, path, message = '' } = line
  const all = `${host}\n${path}\n${message}`
  // As a rule nothing is in them, and one look costs a third of three.
  if (shown(all) === all) return tell({ kind: 'audit', line })
  const told = { host: shown(host), path: shown(path), ...(message && { message: shown(message) }) }
  tell({ kind: 'audit', line: { ...line, ...told } })
}

async function handOver(input: EgressInput) {
  const tokens = Object.entries(input.tokens)
  const secrets = new KnownValues([...input.known, ...tokens.map(([name, value]) => ({ name, value }))])
  // A piece is enough here, and for every line: a look takes a microsecond, replacing what is found fifty.
  shown = (text) => (secrets.findIn(Buffer.from(text)).size > 0 ? MASKED : redactShapes(text, null, MASKED))
  return {
    tokens: new Map(tokens),
    issuer: await LeafIssuer.open(input.ca),
    upstreamCa: [...rootCertificates, ...input.upstreamCa],
    mask: (text: string) => redactShapes(secrets.redact(text, MASKED), null, MASKED),
  }
}

let running: { egress: Egress; scanner: WorkerScanner } | null = null

async function armed(input: EgressInput): Promise<void> {
  const given = await handOver(input)
  if (running) {
    await running.scanner.know(input.known)
    running.egress.arm(given)
    return
  }
  const script = pathToFileURL(path.join(import.meta.dirname, 'scan-worker.mjs'))
  const scanner = new WorkerScanner(script, input.known)
  // Until a table was read, nothing is allowed.
  const egress = new Egress({ table: CLOSED_TABLE, scanner, audit, ...given })
  const watcher = new TableWatcher(options.routes, ROUTES_FILE, {
    changed(table, digest) {
      egress.use(table)
      tell({ kind: 'table', ok: true, digest })
    },
    bad: (message) => tell({ kind: 'table', ok: false, message }),
  })
  await watcher.read()
  await egress.listen(Number(options.port), input.listen ?? '0.0.0.0')
  running = { egress, scanner }
}

let last: Promise<void> = Promise.resolve()
readLines(new Socket({ fd: SECRETS_FD, readable: true, writable: false }), INPUT_LIMIT, (line) => {
  last = last
    .then(() => armed(JSON.parse(line) as EgressInput))
    .then(() => tell({ kind: 'up' }))
    .catch((error: unknown) => {
      console.error(String(error))
      process.exit(1)
    })
})

/** The bottle ends: its connections are cut, what was told is written. */
async function stop(): Promise<void> {
  await running?.egress.close()
  await news.flushed()
  process.exit(0)
}
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop())
