import type { PathMatch } from '../contract/manifest.ts'
import type { RoutePlan, TokenSlot } from '../contract/plan.ts'

/** Where a provider's model is, and how its credential travels. */
interface ModelPlace {
  host: string
  paths: readonly PathMatch[]
  auth: { scheme: 'Bearer' | 'header'; header: string }
  slot: TokenSlot
}

/**
 * The route that a provider adds for itself. Scanning redacts instead of blocking: every later turn sends the whole
 * conversation again, so one blocked turn would end the session for good.
 */
export const modelRoute = (provider: string, place: ModelPlace): { route: RoutePlan; slot: TokenSlot } => ({
  route: {
    host: place.host,
    ports: [443],
    origin: { kind: 'provider', name: provider },
    auth: { ...place.auth, slot: place.slot.slot },
    matches: [{ paths: place.paths, methods: ['GET', 'HEAD', 'POST'] }],
    gitFetch: false,
    scan: { outbound: ['token_patterns', 'known_secrets'], inbound: false, onMatch: 'redact' },
  },
  slot: place.slot,
})
