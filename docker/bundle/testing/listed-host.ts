import { afterEach, beforeEach } from 'vitest'
import type { EgressOptions } from '../egress/proxy.ts'
import { HOST, type Running, startEgress } from './egress-fixture.ts'
import { type Origin, startOrigin } from './origin.ts'
import { insideTunnel } from './raw-client.ts'

/** Egress before one host that its table lists, which remembers what reached it. */
export class ListedHost {
  origin!: Origin
  running!: Running & { at: string }
  /** How the host answers. */
  answer!: NonNullable<Parameters<typeof startOrigin>[1]>

  async open(): Promise<void> {
    this.answer = (_request, response) => response.end('ok')
    this.origin = await startOrigin(HOST, (...all) => this.answer(...all))
    this.running = await startEgress(this.origin)
  }
  /** Another egress in the place of this one. */
  async restart(options: Partial<EgressOptions>): Promise<void> {
    await this.running.close()
    this.running = await startEgress(this.origin, options)
  }

  /** Host and port, as CONNECT and Host name them. */
  get at(): string {
    return this.running.at
  }
  /** @returns all that is answered inside a tunnel to these bytes */
  inside(bytes: string | Buffer): Promise<string> {
    return insideTunnel(this.running.port, this.running.guestCa, this.at, bytes)
  }
  get(path: string): string {
    return `GET ${path} HTTP/1.1\r\nHost: ${this.at}\r\nConnection: close\r\n\r\n`
  }
  /** @returns values of a header of the last request that reached the host */
  sent(name: string): string[] | undefined {
    return this.origin.seen.at(-1)?.rawHeaders.filter((_, i, all) => i % 2 === 1 && all[i - 1]!.toLowerCase() === name)
  }
}

/** One for each test of the file that asks. */
export function listedHost(): ListedHost {
  const world = new ListedHost()
  beforeEach(() => world.open())
  afterEach(() => world.origin.close())
  return world
}
