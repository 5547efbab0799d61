import { describe, expect, test } from 'vitest'
import type { ManifestName } from '../../contract/ids.ts'
import { manifest } from '../../testing/temp-home.ts'
import { type BottleFile, parseBottle } from './bottle-file.ts'

const parse = (yaml: string) => parseBottle('dev' as ManifestName, 'bottles/dev.md', manifest(yaml))
const accepted = (yaml: string): BottleFile => {
  const read = parse(yaml)
  if ('problems' in read) throw new Error(JSON.stringify(read.problems, null, 2))
  return read.bottle
}
const refused = (yaml: string) => {
  const read = parse(yaml)
  if ('bottle' in read) throw new Error('accepted')
  return read.problems
}

const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'

test('reads every key of a bottle', () => {
  const bottle = accepted(`
extends: [base, network]
agent_provider:
  template: codex
  dockerfile: images/mine/Dockerfile
  auth_token: OPENAI_API_KEY
  forward_host_credentials: false
  settings: {model: gpt-5, deep: {a: [1]}}
env:
  PLAIN: text
  EMPTY: ""
  FROM_HOST: \${HOST_VAR}
  ASKED: "?"
  ASKED_WITH: ?Key for staging
git-gate:
  user: {name: Ada Lovelace, email: ada@example.com}
  repos:
    app:
      url: ssh://git@git.example.com:2222/ada/app.git
      host_key: ${HOST_KEY}
      key: {provider: static, path: ~/.ssh/id_ed25519}
    lib:
      url: git@github.com:ada/lib.git
      key: {provider: gitea, forge_token_env: GITEA_TOKEN, api_url: "https://gitea.example.com/api/v1"}
egress:
  log: 2
  resolve: {gitea.example.com: 10.0.0.7}
  routes:
    - host: api.github.com
      auth: {scheme: token, token_ref: GITHUB_TOKEN}
      matches:
        - methods: [get, POST]
          paths: [{type: prefix, value: /repos/}, {type: regex, value: "^/u/[0-9]+$"}, {type: exact, value: /x}]
          headers: [{name: Accept, value: application/json, type: exact}]
      dlp: {outbound_detectors: [known_secrets], inbound_detectors: false, outbound_on_match: supervise}
      git: {fetch: true}
    - host: deb.debian.org
      ports: [443, 80]
supervise: false
limits: {cpus: 1.5, memory: 512m, pids: 100, disk: 10g}
`)
  expect(bottle).toMatchObject({
    extends: ['base', 'network'],
    template: 'codex',
    dockerfile: 'images/mine/Dockerfile',
    authToken: 'OPENAI_API_KEY',
    forwardHostCredentials: false,
    settings: { model: 'gpt-5', deep: { a: [1] } },
    gitUser: { name: 'Ada Lovelace', email: 'ada@example.com' },
    egressLog: 2,
    resolve: { 'gitea.example.com': '10.0.0.7' },
    supervise: false,
    limits: { cpus: 1.5, memory: '512m', pids: 100, disk: '10g' },
    warnings: [],
  })
  expect([...bottle.env]).toEqual([
    ['PLAIN', { kind: 'literal', value: 'text' }],
    ['EMPTY', { kind: 'literal', value: '' }],
    ['FROM_HOST', { kind: 'host', hostName: 'HOST_VAR' }],
    ['ASKED', { kind: 'asked', message: '' }],
    ['ASKED_WITH', { kind: 'asked', message: 'Key for staging' }],
  ])
  expect(bottle.gitRepos?.get('app')).toEqual({
    url: 'ssh://git@git.example.com:2222/ada/app.git',
    host_key: HOST_KEY,
    key: { provider: 'static', path: '~/.ssh/id_ed25519' },
  })
  expect(bottle.routes).toEqual([
    {
      host: 'api.github.com',
      ports: [443],
      auth: { scheme: 'token', token_ref: 'GITHUB_TOKEN' },
      matches: [
        {
          methods: ['GET', 'POST'],
          paths: [
            { type: 'prefix', value: '/repos/' },
            { type: 'regex', value: '^/u/[0-9]+$' },
            { type: 'exact', value: '/x' },
          ],
          headers: [{ name: 'Accept', value: 'application/json', type: 'exact' }],
        },
      ],
      dlp: { outbound_detectors: ['known_secrets'], inbound_detectors: false, outbound_on_match: 'supervise' },
      git: { fetch: true },
    },
    { host: 'deb.debian.org', ports: [80, 443] },
  ])
})

test('a file that says nothing is a bottle that says nothing', () => {
  expect(accepted('')).toMatchObject({ extends: [], env: new Map(), routes: [], limits: {}, gitRepos: new Map() })
})

test('`extends` takes one name or a list', () => {
  expect(accepted('extends: base').extends).toEqual(['base'])
})

test('`repos: {}` is told apart from no repos', () => {
  expect(accepted('git-gate: {repos: {}}').gitRepos).toBeNull()
  expect(accepted('git-gate: {}').gitRepos).toEqual(new Map())
})

describe('unknown keys are an error that names file, line, key and what is allowed', () => {
  test.each([
    [
      'at the top',
      'supervise: true\negres: {}',
      3,
      'egres',
      '`egres` is not a key of the frontmatter of a bottle.',
      'Did you mean `egress`?',
    ],
    [
      'in agent_provider',
      'agent_provider:\n  templat: shell',
      3,
      'agent_provider.templat',
      '`agent_provider`',
      'Did you mean `template`?',
    ],
    [
      'in a route',
      'egress:\n  routes:\n    - host: a.example\n      port: 443',
      5,
      'egress.routes[0].port',
      '`egress.routes[0]`',
      'Did you mean `ports`?',
    ],
    [
      'in a match',
      'egress:\n  routes:\n    - host: a.example\n      matches:\n        - path: /',
      6,
      'egress.routes[0].matches[0].path',
      '`egress.routes[0].matches[0]`',
      'Did you mean `paths`?',
    ],
    [
      'in auth',
      'egress:\n  routes:\n    - host: a.example\n      auth: {scheme: Bearer, tokenref: X}',
      5,
      'egress.routes[0].auth.tokenref',
      'auth',
      'Did you mean `token_ref`?',
    ],
    [
      'in a repository',
      'git-gate:\n  repos:\n    app:\n      hostkey: x',
      5,
      'git-gate.repos.app.hostkey',
      '`git-gate.repos.app`',
      'Did you mean `host_key`?',
    ],
    ['in limits', 'limits:\n  cpu: 2', 3, 'limits.cpu', '`limits`', 'Did you mean `cpus`?'],
    ['for a merge key', 'env: {A: x}\n<<: {}', 3, '<<', 'Merge keys', 'Allowed here'],
    [
      'with nothing near',
      'qwertz: 1',
      2,
      'qwertz',
      '`qwertz`',
      'Allowed here: extends, agent_provider, env, git-gate, egress, supervise, limits.',
    ],
  ])('%s', (_where, yaml, line, path, message, fix) => {
    const [problem] = refused(yaml)
    expect(problem).toMatchObject({ file: 'bottles/dev.md', line, path, severity: 'error' })
    expect(problem!.message).toContain(message)
    expect(problem!.fix).toContain(fix)
  })

  test('each of several is told at once', () => {
    expect(
      refused('aa: 1\nbb: 2\nlimits: {cc: 3}')
        .map((problem) => problem.path)
        .sort(),
    ).toEqual(['aa', 'bb', 'limits.cc'])
  })
})

test.each([
  ['runtime: runsc', 'runtime', 'backend'],
  ['tokens: {A: B}', 'tokens', 'token_ref'],
  ['cred_proxy: {}', 'cred_proxy', 'egress.routes[].auth'],
  ['git: {}', 'git', 'git-gate.repos'],
  ['git_user: {name: x}', 'git_user', 'git-gate.user'],
  ['egress: {allowlist: [a.example]}', 'egress.allowlist', 'egress.routes'],
  ['path_allowlist: []', 'path_allowlist', 'paths'],
  ['egress: {path_allowlist: []}', 'egress.path_allowlist', 'paths'],
  ['pipelock: {}', 'pipelock', 'dlp'],
  ['egress: {pipelock: {}}', 'egress.pipelock', 'dlp'],
  ['egress: {routes: [{host: a.example, path_allowlist: [/x]}]}', 'egress.routes[0].path_allowlist', 'matches'],
  ['egress: {routes: [{host: a.example, pipelock: {}}]}', 'egress.routes[0].pipelock', 'dlp'],
  ['egress: {routes: [{host: a.example, role: model}]}', 'egress.routes[0].role', 'auth_token'],
])('the removed key in “%s” is answered with its replacement', (yaml, path, replacement) => {
  const [problem] = refused(yaml)
  expect(problem!.path).toBe(path)
  expect(problem!.message).toContain('was removed')
  expect(problem!.fix).toContain(replacement)
})

describe('values that do not fit are refused with what would', () => {
  const route = (fields: string) => `egress: {routes: [{host: a.example, ${fields}}]}`
  const repo = (fields: string) => `git-gate: {repos: {app: {${fields}}}}`
  test.each([
    ['env is a number', 'env: {PORT: 8080}', 'env.PORT is a number, which', 'quote numbers'],
    ['env is a boolean', 'env: {DEBUG: true}', 'env.DEBUG is a boolean', 'quote numbers'],
    ['env is empty', 'env:\n  KEY:', 'env.KEY is empty', 'Write a text'],
    ['env is a list', 'env: [A]', 'env is a list', 'a map from name to value'],
    ['supervise is a text', 'supervise: "yes"', 'supervise is "yes"', 'true or false'],
    ['egress.log is too high', 'egress: {log: 3}', 'egress.log is the number 3', '0 (blocks), 1'],
    ['routes is a map', 'egress: {routes: {host: x}}', 'egress.routes is a map', 'a list of routes'],
    [
      'a route is a text',
      'egress: {routes: [api.github.com]}',
      'egress.routes[0] is "api.github.com"',
      'a route with at least a host',
    ],
    ['a route has no host', 'egress: {routes: [{ports: [443]}]}', 'egress.routes[0].host is missing', 'a host name'],
    ['a port is out of range', route('ports: [70000]'), 'the number 70000', 'between 1 and 65535'],
    ['a port is there twice', route('ports: [443, 443]'), 'listed twice', 'a list of ports'],
    ['there are no ports', route('ports: []'), 'ports is a list', 'such as [443]'],
    [
      'a credential would go over plain HTTP',
      route('ports: [80], auth: {scheme: Bearer, token_ref: T}'),
      'plain HTTP',
      'Remove port 80',
    ],
    [
      'the scheme is unknown',
      route('auth: {scheme: bearer, token_ref: T}'),
      'scheme is "bearer"',
      'Bearer, token, Basic, header',
    ],
    [
      'the scheme header names none',
      route('auth: {scheme: header, token_ref: T}'),
      'needs the name of the header',
      'X-Api-Key',
    ],
    [
      'the header belongs to the connection',
      route('auth: {scheme: header, header: Host, token_ref: T}'),
      'cannot carry',
      'Authorization',
    ],
    [
      'a token stands where a name should',
      route('auth: {scheme: Bearer, token_ref: ghp-abc123}'),
      'not the name',
      'the name of a variable',
    ],
    [
      'a path is relative',
      route('matches: [{paths: [{type: prefix, value: repos}]}]'),
      '"repos" is not a path',
      'begins with /',
    ],
    ['a path has a query', route('matches: [{paths: [{type: exact, value: "/a?b"}]}]'), 'is not a path', 'no query'],
    ['a path has no type', route('matches: [{paths: [{value: /a}]}]'), 'type is missing', 'exact, prefix, regex'],
    [
      'a regex looks ahead',
      route('matches: [{paths: [{type: regex, value: "(?=a)"}]}]'),
      'The regex is refused',
      'RE2',
    ],
    [
      'a regex refers back',
      route('matches: [{paths: [{type: regex, value: "(a)\\\\1"}]}]'),
      'The regex is refused',
      'RE2',
    ],
    [
      'a regex does not end',
      route('matches: [{headers: [{name: A, type: regex, value: "("}]}]'),
      'The regex is refused',
      'RE2',
    ],
    ['a method is CONNECT', route('matches: [{methods: [CONNECT]}]'), 'never allowed', 'GET'],
    ['a method is no word', route('matches: [{methods: ["G T"]}]'), 'not an HTTP method', 'GET'],
    ['matches is empty', route('matches: []'), 'matches is a list', 'leave it out'],
    [
      'a detector is unknown',
      route('dlp: {outbound_detectors: [secrets]}'),
      'outbound_detectors',
      'token_patterns, known_secrets',
    ],
    [
      'a detector is switched on',
      route('dlp: {inbound_detectors: true}'),
      'the boolean true',
      'false to switch it off',
    ],
    ['dlp is switched off whole', route('dlp: false'), 'the boolean false', 'a map of outbound_detectors'],
    [
      'the answer to a match is unknown',
      route('dlp: {outbound_on_match: alert}'),
      'is "alert"',
      'supervise, redact, block',
    ],
    ['git.fetch is a text', route('git: {fetch: "on"}'), 'git.fetch is "on"', 'true or false'],
    ['git is a boolean', route('git: true'), 'git is the boolean true', '{fetch: true}'],
    [
      'a repository is on https',
      repo('url: "https://github.com/ada/app.git"'),
      'over ssh, not https',
      'git@github.com:ada/app.git',
    ],
    ['a url is an option', repo('url: "-oProxyCommand=x:y"'), 'is not an ssh address', 'ssh://git@host'],
    [
      'a host key has its host',
      repo(`url: g@h:x, host_key: "github.com ${HOST_KEY}"`),
      'not of the form',
      'Leave out the host',
    ],
    [
      'a host key is of another type',
      repo(`host_key: "ssh-rsa ${HOST_KEY.split(' ')[1]}"`),
      'not a key of type ssh-rsa',
      'ssh-keyscan',
    ],
    [
      'a key provider is unknown',
      repo('key: {provider: bitbucket}'),
      'is "bitbucket"',
      'static, gitea, github, gitlab',
    ],
    ['a static key has no path', repo('key: {provider: static}'), 'needs the path', 'path:'],
    [
      'a static key has a token',
      repo('key: {provider: static, path: a, forge_token_env: T}'),
      'belongs to forge providers',
      'Remove forge_token_env',
    ],
    ['a forge has no token', repo('key: {provider: github}'), 'needs the name of the host variable', 'forge_token_env'],
    [
      'a forge has a path',
      repo('key: {provider: gitlab, forge_token_env: T, path: x}'),
      'belongs to static',
      'Remove path',
    ],
    ['gitea has no address', repo('key: {provider: gitea, forge_token_env: T}'), 'API address', 'api_url'],
    [
      'an api_url has a password',
      repo('key: {provider: github, forge_token_env: T, api_url: "https://me:pw@x/"}'),
      'without a user name',
      'API',
    ],
    ['a repository has an odd name', 'git-gate: {repos: {"../x": {}}}', 'The name of a repository', 'Correct it'],
    ['an identity has two lines', 'git-gate: {user: {name: "a\\nb"}}', 'one line', 'a name'],
    ['cpus is zero', 'limits: {cpus: 0}', 'the number 0', 'between 0.1'],
    ['memory has no unit', 'limits: {memory: 4}', 'limits.memory is the number 4', '4g'],
    ['memory is too small', 'limits: {memory: 4m}', 'too small', '512m'],
    ['pids is broken', 'limits: {pids: 1.5}', 'the number 1.5', 'whole number'],
    ['extends is a map', 'extends: {a: b}', 'extends is a map', 'a list of names'],
    ['extends leads out', 'extends: ../other', 'not the name of a bottle', 'the name of a bottle, or a list of names'],
    ['a template leads out', 'agent_provider: {template: ../x}', 'not the name of a provider', 'claude, codex, shell'],
    ['an address is none', 'egress: {resolve: {a.example: gateway}}', 'is not an IP address', 'address'],
    ['an address is loopback', 'egress: {resolve: {a.example: 127.0.0.1}}', 'loopback', 'private ones are fine'],
    [
      'an address is metadata',
      'egress: {resolve: {a.example: 169.254.169.254}}',
      'link-local',
      'private ones are fine',
    ],
    ['the frontmatter is a list', '- a', 'The frontmatter is a list', 'a map of keys'],
  ])('%s', (_what, yaml, message, fix) => {
    const problems = refused(yaml)
    expect(problems.map((problem) => problem.message).join('\n')).toContain(message)
    expect(problems.map((problem) => problem.fix).join('\n')).toContain(fix)
    for (const problem of problems) expect(problem.line).toBeGreaterThan(1)
  })

  test.each([
    repo('url: "ftp://me:s3cret@x/y"'),
    repo('url: "https://me:s3cret@x/y"'),
    repo('key: {provider: github, forge_token_env: ghp-s3cret}'),
    repo('key: {provider: github, forge_token_env: T, api_url: "https://me:s3cret@x/"}'),
    route('auth: {scheme: Bearer, token_ref: "ghp-s3cret"}'),
    'agent_provider: {auth_token: "sk-s3cret"}',
    'env: {"A B": s3cret}',
    'env: {PIN: [s3cret]}',
  ])('what may be a secret is not repeated in a message: %s', (yaml) => {
    expect(JSON.stringify(refused(yaml))).not.toContain('s3cret')
  })
})

test('a host is compared in lower case and as A-label, so two spellings of one host are two routes for it', () => {
  expect(
    accepted('egress: {routes: [{host: API.GitHub.com}, {host: Bücher.example}]}').routes.map((r) => r.host),
  ).toEqual(['api.github.com', 'xn--bcher-kva.example'])
  const [problem] = refused('egress:\n  routes:\n    - host: a.example\n    - host: A.Example')
  expect(problem).toMatchObject({ line: 5, path: 'egress.routes[1].host' })
  expect(problem!.message).toBe('a.example already has a route (number 1 in this list).')
})

describe('names of variables', () => {
  test.each(['1A', 'A-B', 'A B', '', '__proto__.x', 'A=B', 'Ä'])('%j is refused', (name) => {
    expect(refused(`env: {${JSON.stringify(name)}: x}`)[0]!.message).toContain('is not a name')
  })
  test.each([
    'HTTP_PROXY',
    'https_proxy',
    'NO_PROXY',
    'all_proxy',
    'NODE_EXTRA_CA_CERTS',
    'SSL_CERT_FILE',
    'REQUESTS_CA_BUNDLE',
    'CURL_CA_BUNDLE',
    'GIT_SSL_CAINFO',
    'CODEX_CA_CERTIFICATE',
    'GIT_GATE_URL',
    'MCP_SUPERVISE_URL',
    'HOME',
  ])('%s is the bottle’s own', (name) => {
    expect(refused(`env: {${name}: x}`)[0]!.message).toContain('set by the bottle itself')
  })
})

describe('literals that are probably meant otherwise are doubted, and used', () => {
  test.each(['$TOKEN', 'Bearer $' + '{TOKEN}', 'ghp_0123456789abcdefghij', 'sk-ant-api03-0123456789abcdef'])(
    '%s',
    (value) => {
      const { warnings, env } = accepted(`supervise: true\nenv:\n  A: ${JSON.stringify(value)}`)
      expect(env.get('A')).toEqual({ kind: 'literal', value })
      expect(warnings).toMatchObject([{ line: 4, path: 'env.A', severity: 'warning' }])
      expect(JSON.stringify(warnings)).not.toContain('0123456789')
    },
  )
})
