import { count } from '@/app/_lib/format'
import { credentialWords, headerWords, methodWords, pathWords, scanWords } from '@/app/_lib/plan-words'
import type { RouteMatch } from '@/server/contract/manifest.ts'
import type { LiveRoute } from '@/server/contract/network.ts'
import type { EgressPlan } from '@/server/contract/plan.ts'
import { Mono, Section } from './section'

const LOG = {
  0: 'refusals are logged',
  1: 'decisions are logged',
  2: 'requests are logged with masked bodies',
} as const

/** Routes of a plan, or of a bottle that runs; the latter are not told how much is logged. */
export interface Reach extends Pick<EgressPlan, 'resolve' | 'slots'> {
  routes: readonly LiveRoute[]
  log?: EgressPlan['log']
}

/** Every host that a request may go to; what is not here is refused. */
export function ReachSection({ egress }: { egress: Reach }) {
  const { routes, log } = egress
  const fixed = Object.entries(egress.resolve)
  return (
    <Section
      title="May reach"
      about={
        routes.length === 0
          ? undefined
          : `${count(routes.length, 'host')}, everything else is refused${log === undefined ? '' : `; ${LOG[log]}`}`
      }
    >
      {routes.length === 0 ? (
        <p className="text-data text-muted">Nothing. No route is declared, so no request leaves this bottle.</p>
      ) : (
        <ul className="divide-y rounded-control border">
          <li
            aria-hidden
            className="grid grid-cols-[72px_minmax(0,1.5fr)_minmax(0,1.15fr)_minmax(0,1.15fr)] gap-3 px-3 py-1.5 text-caption text-dim @max-xl:hidden"
          >
            <span>Methods</span>
            <span>Host and paths</span>
            <span>Credential added</span>
            <span>Scan</span>
          </li>
          {routes.map((route) => (
            <Route key={route.host} route={route} egress={egress} />
          ))}
        </ul>
      )}
      {fixed.length > 0 && (
        <p className="mt-3 text-data text-muted [overflow-wrap:anywhere]">
          Fixed addresses:{' '}
          {fixed.map(([host, address], n) => (
            <span key={host}>
              {n > 0 && ', '}
              <Mono className="text-ink">
                {host} → {address}
              </Mono>
            </span>
          ))}
        </p>
      )}
    </Section>
  )
}

function Route({ route, egress }: { route: LiveRoute; egress: Reach }) {
  // Any of the entries suffices, so each stands on a line of its own; without entries everything matches.
  const matches = route.matches.length > 0 ? route.matches : [undefined]
  const ports = route.ports.length === 1 && route.ports[0] === 443 ? '' : `:${route.ports.join(',')}`
  return (
    <li className="grid grid-cols-[72px_minmax(0,1.5fr)_minmax(0,1.15fr)_minmax(0,1.15fr)] gap-x-3 gap-y-1 px-3 py-2.5 text-data @max-xl:grid-cols-1">
      <span className="text-caption leading-[1.5] @max-xl:order-2">
        <Name>Methods</Name>
        <Mono>{[...new Set(matches.flatMap((match) => methodWords(match).split(' ')))].join(' ')}</Mono>
      </span>
      <span className="min-w-0 [overflow-wrap:anywhere] @max-xl:order-1">
        <Mono className="font-medium">
          {route.host}
          {ports}
        </Mono>
        <span className="mt-0.5 block text-caption text-dim">
          {[...new Set(matches.flatMap((match) => matchLines(match, matches.length > 1)))].map((line) => (
            <Mono key={line} className="block">
              {line}
            </Mono>
          ))}
          <span className="block">
            {originWords(route.origin)}
            {route.gitFetch && ', git fetch allowed'}
          </span>
        </span>
      </span>
      <span className="min-w-0 text-caption leading-[1.5] [overflow-wrap:anywhere] @max-xl:order-3">
        <Name>Credential</Name>
        {route.auth ? <Mono>{credentialWords(route.auth, egress.slots)}</Mono> : <span className="text-dim">none</span>}
      </span>
      <span className="text-caption text-muted leading-[1.5] @max-xl:order-4">
        <Name>Scan</Name>
        {scanWords(route.scan).map((line) => (
          <span key={line} className="block @max-xl:mr-2 @max-xl:inline">
            {line}
          </span>
        ))}
      </span>
    </li>
  )
}

/** What one entry asks of path and headers; with its methods before it where there are others to take it for. */
function matchLines(match: RouteMatch | undefined, amongOthers: boolean): string[] {
  const paths = pathWords(match).map((path) => (path === 'any' ? 'any path' : path))
  const headers = headerWords(match)
  if (!amongOthers) return [...paths, ...headers]
  const methods = methodWords(match)
  const asked = headers.length > 0 ? ` with ${headers.join(', ')}` : ''
  return paths.map((path) => `${methods === 'any' ? 'any method' : methods} ${path}${asked}`)
}

function originWords({ kind, name }: LiveRoute['origin']): string {
  if (kind === 'live') return 'changed while the bottle ran'
  return kind === 'provider' ? `from the provider ${name}` : `from ${name}`
}

/** The column's heading, said in each row where there is no room for columns. */
function Name({ children }: { children: string }) {
  return <span className="mr-2 hidden text-dim @max-xl:inline">{children}</span>
}
