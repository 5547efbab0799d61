/**
 * Keys of the ancestor that are gone, by place (list indexes written as `[]`), each with what replaces it.
 * A key stands here so that an old file is answered with a way forward instead of “unknown key”.
 */
const BOTTLE: Readonly<Record<string, string>> = {
  runtime:
    'Remove it: the backend is chosen at launch, and gVisor is used wherever the engine has a working runsc; the plan says which.',
  tokens: 'Use `egress.routes[].auth.token_ref`: egress adds the token on the routes that need it.',
  cred_proxy: 'Use `egress.routes[].auth`: egress adds the credential to what leaves.',
  git: 'Use `git-gate.repos`, one entry for each repository, with its ssh `url` and `key`.',
  git_user: 'Use `git-gate.user` with `name` and `email`.',
  path_allowlist: 'Use `egress.routes[].matches[].paths` on the route of the host.',
  pipelock: 'Use `egress.routes[].dlp` for scanning; egress itself is always there.',
  'egress.allowlist': 'Use `egress.routes`, one entry for each host: `- host: api.example.com`.',
  'egress.path_allowlist': 'Use `egress.routes[].matches[].paths` on the route of the host.',
  'egress.pipelock': 'Use `egress.routes[].dlp` for scanning; egress itself is always there.',
  'egress.routes[].path_allowlist': 'Use `matches: [{paths: [{type: prefix, value: /…}]}]` on this route.',
  'egress.routes[].pipelock': 'Use `dlp` on this route.',
  'egress.routes[].role': 'Remove it: the provider adds its own route when `agent_provider.auth_token` is set.',
}

const BELONGS = 'Move it to the bottle file: what an agent may reach and which credentials are used belongs to bottles.'
const AGENT: Readonly<Record<string, string>> = {
  ...BOTTLE,
  'git-gate.repos': BELONGS,
  egress: BELONGS,
  env: BELONGS,
  agent_provider: BELONGS,
  supervise: BELONGS,
  limits: BELONGS,
  extends: 'Move it to the bottle file: agents name one bottle, and bottles extend each other.',
}

/** What to write instead of a key that was removed or belongs elsewhere; null for a key that never was. */
export function replacementOf(kind: 'agent' | 'bottle', place: string): string | null {
  const table = kind === 'agent' ? AGENT : BOTTLE
  return Object.hasOwn(table, place) ? table[place]! : null
}

/** True for keys that exist, but on bottles only: they get another sentence than removed ones. */
export const belongsToBottles = (kind: 'agent' | 'bottle', place: string): boolean =>
  kind === 'agent' && Object.hasOwn(AGENT, place) && !Object.hasOwn(BOTTLE, place)
