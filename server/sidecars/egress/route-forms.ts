import type { Route } from '../../contract/manifest.ts'
import type { LiveRoute, RouteOrigin } from '../../contract/network.ts'

/** What is looked for where a route does not say: everything in what leaves, and in what comes back. */
const OUTBOUND: readonly string[] = ['token_patterns', 'known_secrets']
const INBOUND: readonly string[] = ['prompt_injection']

/** A route as it is enforced, from what a bottle file says: nothing is left to a default. */
export function enforced<O extends RouteOrigin>(route: Route, origin: O): Omit<LiveRoute, 'origin'> & { origin: O } {
  const { auth, dlp } = route
  return {
    host: route.host,
    ports: route.ports,
    origin,
    auth: auth ? { scheme: auth.scheme, header: auth.header ?? 'Authorization', slot: auth.token_ref } : null,
    matches: route.matches ?? [],
    gitFetch: route.git?.fetch ?? false,
    scan: {
      outbound: dlp?.outbound_detectors ?? OUTBOUND,
      inbound: dlp?.inbound_detectors ?? INBOUND,
      onMatch: dlp?.outbound_on_match ?? 'block',
      ...(dlp?.inbound_on_match === 'block' && { onInbound: 'block' as const }),
    },
  }
}

/** The other way round: as a bottle file says it, without what is so by default. */
export function asWritten({ host, ports, auth, matches, gitFetch, scan }: LiveRoute): object {
  const same = (given: false | readonly string[], usual: readonly string[]) => String(given) === String(usual)
  const dlp = {
    ...(!same(scan.outbound, OUTBOUND) && { outbound_detectors: scan.outbound }),
    ...(!same(scan.inbound, INBOUND) && { inbound_detectors: scan.inbound }),
    ...(scan.onMatch !== 'block' && { outbound_on_match: scan.onMatch }),
    ...(scan.onInbound === 'block' && { inbound_on_match: scan.onInbound }),
  }
  const header = auth && (auth.scheme === 'header' || auth.header !== 'Authorization') && { header: auth.header }
  return {
    host,
    ...(String(ports) !== '443' && { ports }),
    ...(auth && { auth: { scheme: auth.scheme, ...header, token_ref: auth.slot } }),
    ...(matches.length > 0 && { matches }),
    ...(Object.keys(dlp).length > 0 && { dlp }),
    ...(gitFetch && { git: { fetch: true } }),
  }
}
