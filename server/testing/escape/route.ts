import type { TableFile } from '../../../docker/bundle/egress/table.ts'

type Route = TableFile['routes'][number]

/** A route as a bottle file would give it, on a port of the test's servers. */
export const route = (host: string, more: Partial<Route> & Pick<Route, 'ports'>): Route => ({
  host,
  origin: { kind: 'bottle', name: 'test' },
  auth: null,
  matches: [],
  gitFetch: false,
  scan: { outbound: [], inbound: false, onMatch: 'block' },
  ...more,
})
