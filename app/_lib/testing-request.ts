import type { NetworkRequest } from '@/server/contract/network.ts'

/** A request that was allowed, for tests, with the parts that matter to one of them. */
export const aRequest = (part: Partial<NetworkRequest> = {}): NetworkRequest => ({
  id: '1.0',
  at: 0,
  outcome: 'allowed',
  method: 'GET',
  host: 'api.example.com',
  port: 443,
  path: '/',
  status: 200,
  bytesUp: 0,
  bytesDown: 120,
  durationMs: 12,
  ...part,
})
