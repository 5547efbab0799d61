/** Egress in a process of its own, for tests that measure it: `node --import tsx egress-child.ts`, set up by one message. */

import { LeafIssuer, type PemPair } from '../egress/leaf-issuer.ts'
import { Egress } from '../egress/proxy.ts'
import { compileTable } from '../egress/table.ts'
import type { KnownValue } from '../scan/known-values.ts'
import { WorkerScanner } from '../scan/worker-scanner.ts'

export interface ChildSetup {
  ca: PemPair
  /** A table's text. */
  table: string
  tokens: Record<string, string>
  known: KnownValue[]
  upstreamCa: string
}

process.once('message', async (setup: ChildSetup) => {
  const egress = new Egress({
    table: compileTable(setup.table),
    tokens: new Map(Object.entries(setup.tokens)),
    issuer: await LeafIssuer.open(setup.ca),
    scanner: new WorkerScanner(new URL('scan-worker.mjs', import.meta.url), setup.known),
    audit: (line) => process.send?.({ audit: line }),
    upstreamCa: [setup.upstreamCa],
    // The upstreams of tests are on loopback, where egress would never connect to.
    lookup: { resolver: async () => [{ address: '127.0.0.1', family: 4 }], vet: () => true },
  })
  process.send?.({ port: await egress.listen(0, '0.0.0.0') })
})
process.once('disconnect', () => process.exit())
