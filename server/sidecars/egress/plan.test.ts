import { expect, test } from 'vitest'
import type { Route } from '../../contract/manifest.ts'
import type { RoutePlan, TokenSlot } from '../../contract/plan.ts'
import { planEgress } from './plan.ts'

const route = (host: string, more: Partial<Route> = {}): Route & { from: string } => ({
  host,
  ports: [443],
  from: 'dev',
  ...more,
})
const own: RoutePlan = {
  host: 'api.anthropic.com',
  ports: [443],
  origin: { kind: 'provider', name: 'claude' },
  auth: { scheme: 'Bearer', header: 'Authorization', slot: 'LOGIN' },
  matches: [],
  gitFetch: false,
  scan: { outbound: ['token_patterns'], inbound: false, onMatch: 'redact' },
}
const LOGIN: TokenSlot = { slot: 'LOGIN', source: { kind: 'host-env', name: 'LOGIN' } }
const planned = (routes: (Route & { from: string })[], more: Partial<Parameters<typeof planEgress>[0]> = {}) =>
  planEgress({ log: 1, resolve: {}, routes, provider: { routes: [], slots: [] }, supervise: true, ...more })

test('a route that says nothing is scanned both ways, blocks on a hit, and fetches no git', () => {
  expect(planned([route('a.x')]).egress.routes).toEqual([
    {
      host: 'a.x',
      ports: [443],
      origin: { kind: 'bottle', name: 'dev' },
      auth: null,
      matches: [],
      gitFetch: false,
      scan: { outbound: ['token_patterns', 'known_secrets'], inbound: ['prompt_injection'], onMatch: 'block' },
    },
  ])
})

test('`false` switches a direction off, a list narrows it', () => {
  const dlp = {
    outbound_detectors: ['known_secrets'],
    inbound_detectors: false,
    outbound_on_match: 'redact',
    inbound_on_match: 'block',
  } as const
  expect(planned([route('a.x', { dlp })]).egress.routes[0]!.scan).toEqual({
    outbound: ['known_secrets'],
    inbound: false,
    onMatch: 'redact',
    onInbound: 'block',
  })
})

test('a credential goes into Authorization unless the route names another header', () => {
  const routes = [
    route('a.x', { auth: { scheme: 'token', token_ref: 'T' } }),
    route('b.x', { auth: { scheme: 'header', header: 'X-Key', token_ref: 'T' } }),
  ]
  const { egress } = planned(routes)
  expect(egress.routes.map(({ auth }) => auth)).toEqual([
    { scheme: 'token', header: 'Authorization', slot: 'T' },
    { scheme: 'header', header: 'X-Key', slot: 'T' },
  ])
  expect(egress.slots).toEqual([{ slot: 'T', source: { kind: 'host-env', name: 'T' } }])
})

test('a provider’s own route wins over a bottle’s for the same host, and the plan says so', () => {
  const theirs = route('api.anthropic.com', { auth: { scheme: 'Bearer', token_ref: 'MINE' } })
  const { egress, warnings } = planned([theirs], { provider: { routes: [own], slots: [LOGIN] } })
  expect(egress.routes).toEqual([own])
  expect(egress.slots).toEqual([LOGIN])
  expect(warnings).toMatchObject([{ code: 'route-overridden', message: expect.stringContaining('of the bottle dev') }])
})

test('routes and slots are ordered by name, so that the order of files does not change a plan', () => {
  const auth = (token_ref: string) => ({ auth: { scheme: 'Bearer', token_ref } as const })
  const forth = [route('b.x', auth('B')), route('a.x', auth('Z'))]
  expect(planned(forth)).toEqual(planned([...forth].reverse()))
})

test('an address for a host without a route is a warning; a provider’s route counts', () => {
  const resolve = { 'api.anthropic.com': '10.0.0.1', 'b.x': '10.0.0.2' }
  const { egress, warnings } = planned([], { resolve, provider: { routes: [own], slots: [] } })
  expect(egress.resolve).toEqual(resolve)
  expect(warnings).toMatchObject([{ code: 'address-without-route', message: expect.stringContaining('b.x') }])
})

test('asking the operator on a hit needs somebody to ask', () => {
  const asking = [route('a.x', { dlp: { outbound_on_match: 'supervise' } })]
  expect(planned(asking).warnings).toEqual([])
  expect(planned(asking, { supervise: false }).warnings).toMatchObject([{ code: 'nobody-to-ask' }])
})
