import type { Route } from '../../contract/manifest.ts'
import type { EgressPlan, PlanNotice, RoutePlan, TokenSlot } from '../../contract/plan.ts'
import { enforced } from './route-forms.ts'

interface EgressRequest {
  log: 0 | 1 | 2
  resolve: Readonly<Record<string, string>>
  routes: readonly (Route & { from: string })[]
  provider: { routes: readonly RoutePlan[]; slots: readonly TokenSlot[] }
  supervise: boolean
}

/** Routes as they will be enforced, ordered by host; a provider's own route wins over a bottle's for the same host. */
export function planEgress(request: EgressRequest): { egress: EgressPlan; warnings: PlanNotice[] } {
  const warnings: PlanNotice[] = []
  const own = new Set(request.provider.routes.map((route) => route.host))
  const kept = request.routes.filter((route) => {
    if (!own.has(route.host)) return true
    warnings.push({
      code: 'route-overridden',
      message: `The provider’s own route to ${route.host} replaces the one of the bottle ${route.from}.`,
      fix: 'Remove the route from the bottle, or the credential from agent_provider.',
    })
    return false
  })
  const routes = [
    ...request.provider.routes,
    ...kept.map((route) => enforced(route, { kind: 'bottle' as const, name: route.from })),
  ].sort((a, b) => (a.host < b.host ? -1 : 1))

  const reachable = new Set(routes.map((route) => route.host))
  for (const host of Object.keys(request.resolve)) {
    if (reachable.has(host)) continue
    warnings.push({
      code: 'address-without-route',
      message: `egress.resolve has an address for ${host}, but no route leads there.`,
      fix: `Add a route with host: ${host}, or remove the address.`,
    })
  }
  if (!request.supervise && routes.some((route) => route.scan.onMatch === 'supervise')) {
    warnings.push({
      code: 'nobody-to-ask',
      message: 'A route asks the operator when something is found, but supervise is off: such requests are blocked.',
      fix: 'Set supervise: true, or outbound_on_match: block.',
    })
  }
  return { egress: { log: request.log, resolve: request.resolve, routes, slots: slotsOf(request, kept) }, warnings }
}

/** One slot for each credential, whatever number of routes uses it. */
function slotsOf({ provider }: EgressRequest, kept: readonly Route[]): TokenSlot[] {
  const slots = new Map<string, TokenSlot>(provider.slots.map((slot) => [slot.slot, slot]))
  for (const { auth } of kept) {
    if (!auth || slots.has(auth.token_ref)) continue
    slots.set(auth.token_ref, { slot: auth.token_ref, source: { kind: 'host-env', name: auth.token_ref } })
  }
  return [...slots.values()].sort((a, b) => (a.slot < b.slot ? -1 : 1))
}
