import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Rules } from './exchange.ts'
import { valuesOf } from './headers.ts'
import { Refusal, type RefusalRule } from './refusal.ts'
import { readUpTo } from './request-body.ts'

/** The name under which egress itself answers: over http in absolute form, and over https by CONNECT. */
export const OWN_HOST = '_egress.local'
/** A probe sends a sentence, not a film. */
const LARGEST_BODY = 64 * 1024 // bytes

/**
 * What egress tells of itself.
 *
 * - `GET /allowlist`: the live routes without secrets, for the agent. Also the control of the boundary probe: over https
 *   it shows that a program trusts this bottle's authority.
 * - `POST /scan`: runs the body through the outbound scan and answers 204, or 403 as a route would. Nothing leaves.
 */
export async function ownPage(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  rules: Rules,
): Promise<void> {
  try {
    if (path === '/allowlist' && request.method === 'GET') return say(response, 200, allowlist(rules))
    if (path === '/scan' && request.method === 'POST') return await scan(request, response, rules)
    say(response, 404, { error: `There are GET /allowlist and POST /scan at http://${OWN_HOST}.` })
  } catch (error) {
    if (response.headersSent) return void response.destroy()
    const refusal = error instanceof Refusal ? error : new Refusal('malformed', 400, 'The request cannot be read.')
    say(response, refusal.status, { error: refusal.message, rule: refusal.rule })
  }
}

const allowlist = ({ table }: Rules) => ({
  frozen: table.file.frozen,
  routes: [...table.byHost.values()].map(({ plan }) => ({
    host: plan.host,
    ports: plan.ports,
    matches: plan.matches,
    git: { fetch: plan.gitFetch },
    credential: plan.auth !== null,
  })),
})

async function scan(request: IncomingMessage, response: ServerResponse, { scanner }: Rules): Promise<void> {
  const read = await readUpTo(request, LARGEST_BODY)
  if (!('whole' in read)) throw new Refusal('too-large', 413, 'At most 64 KiB can be tried.')
  const encoding = valuesOf(request.rawHeaders, 'content-encoding').join(',').trim().toLowerCase() || null
  const outbound = { host: OWN_HOST, path: '/scan', query: '', headers: [], body: read.whole, encoding }
  const { findings } = await scanner.outbound(outbound, [], false)
  if (findings.length === 0) return void response.writeHead(204).end()
  const rule: RefusalRule = 'secret-outbound'
  say(response, 403, { rule, findings: [...new Set(findings.map(({ detector }) => detector))] })
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...(status >= 400 && { connection: 'close' }),
  })
  response.end(JSON.stringify(body))
}
