import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './escape/side.ts'

/** What the model says, in the two pieces in which it is streamed: lines, because an agent's screen shows no half ones. */
export const SAID = ['Hello from the first line.\n', 'And from the second.'] as const

interface Turn {
  /** The second piece is sent once it settles, so that who buffers an answer waits for ever. */
  goOn?: () => Promise<void>
  /** A shell's line that the model wants to have run before it says anything. Codex only. */
  wants?: string
}

/**
 * The two vendors' interfaces as far as an agent's first turn needs them, streamed.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export const fakeVendor =
  ({ goOn = async () => {}, wants }: Turn = {}): Answer =>
  (request, response, body) => {
    const path = (request.url ?? '').split('?')[0]
    if (request.method === 'POST' && path === '/v1/messages') return void messages(response, body, goOn)
    if (request.method === 'POST' && path?.endsWith('/responses')) {
      const todo = body.includes('"type":"custom_tool_call_output"') ? undefined : wants
      return void responses(response, goOn, todo)
    }
    if (path === '/backend-api/wham/accounts/check') return json(response, workspacesOf(request))
    if (path?.endsWith('/models')) return json(response, { models: [], data: [] })
    response
      .writeHead(404, { 'content-type': 'application/json' })
      .end('{"error":{"type":"not_found_error","message":"-"}}')
  }

type Say = (type: string, data: object) => void

const json = (response: ServerResponse, value: object): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))

/** Codex asks before each session to which of the account's workspaces it belongs; here there is one. */
function workspacesOf({ headers }: IncomingMessage): object {
  const id = headers['chatgpt-account-id']
  const free = 'NO_CONSTRAINT'
  const account = { id, structure: 'personal', workspace_backend_origin: free, account_routing_override: free }
  return { accounts: [account], account_ordering: [id], default_account_id: id }
}

async function messages(response: ServerResponse, body: Buffer, goOn: () => Promise<void>): Promise<void> {
  const asked = JSON.parse(body.toString()) as { model: string; stream?: boolean }
  const usage = { input_tokens: 1, output_tokens: 1 }
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: asked.model, stop_sequence: null, usage }
  if (!asked.stream) {
    const content = [{ type: 'text', text: SAID.join('') }]
    response.writeHead(200, { 'content-type': 'application/json' })
    return void response.end(JSON.stringify({ ...message, content, stop_reason: 'end_turn' }))
  }
  const say = events(response)
  say('message_start', { message: { ...message, content: [], stop_reason: null } })
  say('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })
  say('content_block_delta', { index: 0, delta: { type: 'text_delta', text: SAID[0] } })
  await goOn()
  say('content_block_delta', { index: 0, delta: { type: 'text_delta', text: SAID[1] } })
  say('content_block_stop', { index: 0 })
  say('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage })
  say('message_stop', {})
  response.end()
}

async function responses(response: ServerResponse, goOn: () => Promise<void>, wants?: string): Promise<void> {
  const say = events(response)
  say('response.created', { response: { id: 'resp_1' } })
  if (wants !== undefined) {
    // A script of Codex' own kind, in which its tools are functions.
    const input = `text(await tools.exec_command(${JSON.stringify({ cmd: wants })}))`
    const item = { type: 'custom_tool_call', id: 'call_1', call_id: 'call_1', status: 'completed', name: 'exec', input }
    say('response.output_item.done', { output_index: 0, item })
  } else {
    await spoken(say, goOn)
  }
  const usage = {
    input_tokens: 1,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: 1,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 2,
  }
  say('response.completed', { response: { id: 'resp_1', usage } })
  response.end()
}

async function spoken(say: Say, goOn: () => Promise<void>): Promise<void> {
  const item = { type: 'message', role: 'assistant', id: 'item_1' }
  const at = { item_id: 'item_1', output_index: 0, content_index: 0 }
  say('response.output_item.added', { output_index: 0, item: { ...item, content: [] } })
  say('response.output_text.delta', { ...at, delta: SAID[0] })
  await goOn()
  say('response.output_text.delta', { ...at, delta: SAID[1] })
  const content = [{ type: 'output_text', text: SAID.join(''), annotations: [] }]
  say('response.output_item.done', { output_index: 0, item: { ...item, status: 'completed', content } })
}

function events(response: ServerResponse): Say {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  return (type, data) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`)
}
