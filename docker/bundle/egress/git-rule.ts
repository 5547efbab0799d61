import { Refusal } from './refusal.ts'
import type { Target } from './target.ts'

/**
 * Git's smart protocol over HTTPS goes past git-gate, so it has a rule before any route: a push is always refused, a
 * fetch needs the route's `git.fetch`. Large files (LFS) follow the same rule by method.
 * @see https://git-scm.com/docs/http-protocol
 */
export function refusedGit(method: string, { path, query }: Target, mayFetch: boolean): Refusal | null {
  const asksRefs = path.endsWith('/info/refs')
  const services = asksRefs ? new URLSearchParams(query).getAll('service') : []
  const pushes =
    path.endsWith('/git-receive-pack') ||
    (asksRefs && services.includes('git-receive-pack')) ||
    (/\/info\/lfs(?:\/|$)/.test(path) && method === 'PUT')
  if (pushes)
    return new Refusal(
      'git-push',
      403,
      'A push over HTTPS is refused: push to the declared remote, which goes through git-gate.',
    )
  const fetches =
    path.endsWith('/git-upload-pack') ||
    (asksRefs && services.includes('git-upload-pack')) ||
    /\/info\/lfs(?:\/|$)/.test(path)
  return fetches && !mayFetch
    ? new Refusal('git-fetch', 403, 'This route does not allow git over HTTPS: the operator can set git.fetch.')
    : null
}
