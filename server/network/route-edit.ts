import { isDeepStrictEqual } from 'node:util'
import type { FileProblem, Route } from '../contract/manifest.ts'
import type { LiveRoute, RoutesEdit } from '../contract/network.ts'
import { readRouteList, writeRouteList } from '../manifest/edit/route-list.ts'
import { asWritten, enforced } from '../sidecars/egress/route-forms.ts'

/** Where a route comes from that the operator wrote while the bottle ran. */
const BY_HAND = { kind: 'live', name: 'operator' } as const

/** What an edit comes to. */
export interface EditedRoutes {
  /** All of them, the provider's included, ordered by host. */
  routes: readonly LiveRoute[]
  text: string
  /** Hosts, and the same as sentences. */
  put: readonly LiveRoute[]
  removed: readonly string[]
  changes: readonly string[]
}

/** What the operator edits: every route but the provider's. */
export const editableText = (routes: readonly LiveRoute[]): string =>
  writeRouteList(routes.filter(isEditable).map(asWritten))

/**
 * Reads an edit by the manifest's own rules, against the routes in force. Pure: nothing is changed.
 * @param slots credentials that egress of this bottle has; it gets no others while it runs
 */
export function editRoutes(
  before: readonly LiveRoute[],
  edit: RoutesEdit,
  slots: readonly string[],
): EditedRoutes | { problems: readonly FileProblem[] } {
  const text = edit.kind === 'text' ? edit.text : allowing(before, edit)
  if (typeof text !== 'string') return text
  const read = readRouteList(text)
  if ('problems' in read) return read
  const own = before.filter((route) => !isEditable(route))
  const problems = read.routes.flatMap((route, index) => refused(route, index, { own, slots, lineOf: read.lineOf }))
  if (problems.length > 0) return { problems }

  const known = new Map(before.map((route) => [route.host, route]))
  const edited = read.routes.map((route): LiveRoute => {
    const asBefore = known.get(route.host)
    const now = enforced(route, BY_HAND)
    return asBefore && isSame(asBefore, now) ? asBefore : now
  })
  const routes = [...own, ...edited].sort((a, b) => (a.host < b.host ? -1 : 1))
  const put = edited.filter((route) => known.get(route.host) !== route)
  const kept = new Set(routes.map(({ host }) => host))
  const removed = before.filter(({ host }) => !kept.has(host)).map(({ host }) => host)
  return {
    routes,
    text: editableText(routes),
    put,
    removed,
    changes: [
      ...put.map(({ host }) => `${host} ${known.has(host) ? 'changed' : 'added'}`),
      ...removed.map((host) => `${host} removed`),
    ],
  }
}

const isEditable = ({ origin }: LiveRoute): boolean => origin.kind !== 'provider'

const isSame = ({ origin: _a, ...a }: LiveRoute, { origin: _b, ...b }: LiveRoute): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)))

interface Surroundings {
  own: readonly LiveRoute[]
  slots: readonly string[]
  lineOf(path: readonly (string | number)[]): number
}

/** What the manifest's rules cannot know. */
function refused({ host, auth }: Route, index: number, { own, slots, lineOf }: Surroundings): FileProblem[] {
  const problem = (path: readonly (string | number)[], message: string, fix: string): FileProblem[] => [
    {
      file: 'routes',
      line: lineOf(path),
      path: `[${path.join('].').replace(']', '')}`,
      message,
      fix,
      severity: 'error',
    },
  ]
  const provider = own.find((route) => route.host === host)
  if (provider)
    return problem(
      [index, 'host'],
      `The route to ${host} belongs to ${provider.origin.name}: a second one would change where its credential goes.`,
      'Remove it. The provider’s own route stays as it was reviewed.',
    )
  if (!auth || slots.includes(auth.token_ref)) return []
  return problem(
    [index, 'auth', 'token_ref'],
    `This bottle was launched without the credential ${auth.token_ref}, and gets no other while it runs.`,
    slots.length > 0
      ? `Use one of ${slots.join(', ')}; or write the route to the bottle file and launch again.`
      : 'Leave auth out; or write the route to the bottle file and launch again.',
  )
}

/** The list with one more kind of request in it: the least that lets this one through. */
function allowing(
  before: readonly LiveRoute[],
  { host, port, methods, path }: Extract<RoutesEdit, { kind: 'allow' }>,
): string | { problems: readonly FileProblem[] } {
  const match = { paths: [path], methods: [...methods] }
  const there = before.find((route) => route.host === host.toLowerCase())
  if (there && !isEditable(there)) {
    const message = `The route to ${host} belongs to ${there.origin.name}: what is allowed there gets its credential.`
    const fix = 'It cannot be widened while the bottle runs.'
    return { problems: [{ file: 'routes', path: '', message, fix, severity: 'error' }] }
  }
  const widened: LiveRoute = there
    ? {
        ...there,
        ports: [...new Set([...there.ports, port])].sort((a, b) => a - b),
        // No match at all allows everything already.
        matches: there.matches.length === 0 ? [] : [...there.matches, match],
      }
    : enforced({ host, ports: [port], matches: [match] }, BY_HAND)
  return editableText([...before.filter((route) => route !== there), widened])
}
