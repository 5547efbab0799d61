/** Every rule by which a request can be refused. One word for the answer, the audit line, the page and the test. */
export type RefusalRule =
  | 'frozen'
  | 'malformed'
  | 'address-literal'
  | 'not-listed'
  | 'port-not-listed'
  | 'host-mismatch'
  | 'not-tls'
  | 'method'
  | 'path'
  | 'no-match'
  | 'git-push'
  | 'git-fetch'
  | 'websocket'
  | 'secret-outbound'
  | 'encoding'
  | 'too-large'
  | 'token-missing'
  | 'private-address'
  | 'upstream'
  | 'token-reflected'
  | 'injection-inbound'

/** A request that egress does not let through. `status` is the answer's code, `message` is for the agent. */
export class Refusal extends Error {
  constructor(
    readonly rule: RefusalRule,
    readonly status: 400 | 403 | 405 | 413 | 421 | 502 | 503 | 504,
    message: string,
  ) {
    super(message)
    this.name = 'Refusal'
  }
}

/** The JSON body of a refusal: which rule, and how to ask. */
export const refusalBody = (refusal: Refusal): string =>
  `${JSON.stringify({
    error: 'bot-bottle egress refused this request',
    rule: refusal.rule,
    message: refusal.message,
    ask: 'What is allowed: http://_egress.local/allowlist through this proxy. The operator can add a route on the bottle’s network tab.',
  })}\n`

/** The whole answer, where there is no `ServerResponse` to say it with. Few clients show a body here: hence the header. */
export function refusalText(refusal: Refusal): string {
  const body = refusalBody(refusal)
  return (
    `HTTP/1.1 ${refusal.status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
    `x-bot-bottle-refused: ${refusal.rule}\r\nconnection: close\r\n\r\n${body}`
  )
}
