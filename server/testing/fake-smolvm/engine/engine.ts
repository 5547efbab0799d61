import http, { type IncomingMessage, type RequestOptions } from 'node:http'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { findEndpoint } from '../../../engine/endpoint.ts'
import { agentFailed } from '../failure.ts'

const API = '/v1.41'

/**
 * The few calls of the engine's API that the double makes. Not dockerode: loading it takes 0.4 s, and here every
 * command is a process of its own.
 */
export class Engine {
  private constructor(private readonly where: RequestOptions) {}

  static async connect(): Promise<Engine> {
    const { options } = await findEndpoint()
    return new Engine(
      options.socketPath ? { socketPath: options.socketPath } : { host: options.host!, port: options.port! },
    )
  }

  /** @returns the answer, or null for 404. @throws Failure for any other refusal, with the engine's words */
  async call<T>(method: string, path: string, body?: unknown): Promise<T | null> {
    const response = await this.send(method, path, body === undefined ? undefined : JSON.stringify(body))
    const said = await text(response)
    if (response.statusCode === 404) return null
    if (response.statusCode! >= 400) throw refused(response, said)
    return (said ? JSON.parse(said.split('\n')[0]!) : {}) as T
  }

  /** Sends a body such as an archive. @returns all that the engine said */
  async upload(method: string, path: string, body: Readable): Promise<string> {
    const response = await this.send(method, path, body, 'application/x-tar')
    const said = await text(response)
    if (response.statusCode! >= 400) throw refused(response, said)
    // A failure in the middle is a message, not a status.
    const failure = /"error":\s*"([^"]*)"/.exec(said)
    if (failure) throw agentFailed('image', failure[1]!)
    return said
  }

  async download(path: string): Promise<IncomingMessage> {
    const response = await this.send('GET', path)
    if (response.statusCode! >= 400) throw refused(response, await text(response))
    return response
  }

  /** Becomes the connection to a program's streams. */
  hijack(path: string, body: unknown): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const json = JSON.stringify(body)
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(json),
        connection: 'Upgrade',
        upgrade: 'tcp',
      }
      const request = http.request({ ...this.where, method: 'POST', path: API + path, headers })
      request.on('upgrade', (_response, socket: Socket, head) => {
        if (head.length > 0) socket.unshift(head)
        resolve(socket)
      })
      request.on('response', (response) => void text(response).then((said) => reject(refused(response, said))))
      request.on('error', reject)
      request.end(json)
    })
  }

  private send(
    method: string,
    path: string,
    body?: string | Readable,
    type = 'application/json',
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': type }
      const request = http.request({ ...this.where, method, path: API + path, headers }, resolve)
      request.on('error', reject)
      if (body === undefined || typeof body === 'string') request.end(body)
      else body.on('error', (error) => request.destroy(error)).pipe(request)
    })
  }
}

function refused(response: IncomingMessage, said: string): Error {
  let why = said.trim()
  try {
    why = (JSON.parse(said) as { message: string }).message
  } catch {
    // not JSON: then as it is
  }
  return agentFailed('engine', `${response.statusCode} ${why}`)
}
