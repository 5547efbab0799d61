import { describe, expect, test } from 'vitest'
import type { ManifestName } from '../../contract/ids.ts'
import { manifest } from '../../testing/temp-home.ts'
import { type BottleFile, parseBottle } from '../parse/bottle-file.ts'
import { merge } from './merge.ts'

/** Bottles named a, b, c … in the order in which they are folded. */
const bottles = (...yamls: string[]): BottleFile[] =>
  yamls.map((yaml, index) => {
    const name = 'abcdef'[index]! as ManifestName
    const read = parseBottle(name, `bottles/${name}.md`, manifest(yaml))
    if ('problems' in read) throw new Error(JSON.stringify(read.problems))
    return read.bottle
  })
const folded = (...yamls: string[]) => merge(bottles(...yamls), '/home/ada/.bot-bottle')

test('a bottle that says nothing gets the defaults', () => {
  expect(folded('').bottle).toEqual({
    template: 'claude',
    dockerfile: null,
    authToken: null,
    forwardHostCredentials: false,
    settings: {},
    env: new Map(),
    gitUser: {},
    gitRepos: new Map(),
    egress: { log: 1, resolve: {}, routes: [] },
    supervise: true,
    limits: { cpus: 2, memory: '4g', pids: 512, disk: null },
  })
})

describe('scalars: the last that says it wins', () => {
  test.each([
    ['agent_provider: {template: shell}', 'agent_provider: {template: codex}', { template: 'codex' }],
    ['agent_provider: {auth_token: A}', 'agent_provider: {auth_token: B}', { authToken: 'B' }],
    [
      'agent_provider: {forward_host_credentials: true}',
      'agent_provider: {forward_host_credentials: false}',
      { forwardHostCredentials: false },
    ],
    [
      'agent_provider: {dockerfile: a/Dockerfile}',
      'agent_provider: {dockerfile: /b/Dockerfile}',
      { dockerfile: '/b/Dockerfile' },
    ],
    ['supervise: false', 'supervise: true', { supervise: true }],
    [
      'limits: {cpus: 1, memory: 1g}',
      'limits: {memory: 2g}',
      { limits: { cpus: 1, memory: '2g', pids: 512, disk: null } },
    ],
    ['agent_provider: {settings: {a: 1, b: 1}}', 'agent_provider: {settings: {b: 2}}', { settings: { a: 1, b: 2 } }],
  ])('%s then %s', (first, second, expected) => {
    expect(folded(first, second).bottle).toMatchObject(expected)
  })

  test.each(['agent_provider: {template: shell}', 'supervise: false', 'egress: {log: 0}', 'limits: {pids: 99}'])(
    'a later bottle that is silent about it does not bring the default back: %s',
    (yaml) =>
      expect(folded(yaml, 'env: {A: x}').bottle).toEqual({
        ...folded(yaml).bottle,
        env: folded(yaml, 'env: {A: x}').bottle.env,
      }),
  )
})

test('env is merged by name, and remembers the bottle', () => {
  expect([...folded('env: {A: one, B: one}', 'env: {B: two, C: "?"}').bottle.env]).toEqual([
    ['A', { kind: 'literal', value: 'one', from: 'a' }],
    ['B', { kind: 'literal', value: 'two', from: 'b' }],
    ['C', { kind: 'asked', message: '', from: 'b' }],
  ])
})

test('git-gate.user is merged by field', () => {
  expect(folded('git-gate: {user: {name: Ada, email: a@x}}', 'git-gate: {user: {email: b@x}}').bottle.gitUser).toEqual({
    name: 'Ada',
    email: 'b@x',
  })
})

describe('git-gate.repos', () => {
  const app = 'git-gate: {repos: {app: {url: "git@h:a/app.git", key: {provider: static, path: k}}}}'
  const lib = 'git-gate: {repos: {lib: {url: "git@h:a/lib.git", key: {provider: static, path: k}}}}'
  const names = (...yamls: string[]) => [...folded(...yamls).bottle.gitRepos.keys()]

  test('are merged by name and field', () => {
    const other = 'git-gate: {repos: {app: {key: {provider: github, forge_token_env: T}}}}'
    const { gitRepos } = folded(app, lib, other).bottle
    expect([...gitRepos.keys()]).toEqual(['app', 'lib'])
    expect(gitRepos.get('app')).toEqual({
      url: 'git@h:a/app.git',
      key: { provider: 'github', forge_token_env: 'T' },
      from: 'c',
    })
  })
  test('{} clears all that came before', () => expect(names(app, 'git-gate: {repos: {}}', lib)).toEqual(['lib']))
  test('{} on one drops that one', () => expect(names(app, lib, 'git-gate: {repos: {app: {}}}')).toEqual(['lib']))
  test('that never get a url or key are a problem with a line', () => {
    expect(folded('supervise: true\ngit-gate:\n  repos:\n    app:\n      url: git@h:a/app.git').problems).toMatchObject(
      [{ file: 'bottles/a.md', line: 5, path: 'git-gate.repos.app', message: expect.stringContaining('has no key') }],
    )
  })
})

test('egress.resolve is merged by host', () => {
  const { egress } = folded(
    'egress: {resolve: {a.x: 10.0.0.1, b.x: 10.0.0.1}}',
    'egress: {resolve: {b.x: 10.0.0.2}}',
  ).bottle
  expect(egress.resolve).toEqual({ 'a.x': '10.0.0.1', 'b.x': '10.0.0.2' })
})

test('egress.routes are put one after the other; for the same host the later one counts whole', () => {
  const { egress } = folded(
    'egress: {routes: [{host: a.x, matches: [{methods: [GET]}], auth: {scheme: Bearer, token_ref: T}}, {host: b.x}]}',
    'egress: {routes: [{host: c.x}, {host: A.X, ports: [8443]}]}',
  ).bottle
  expect(egress.routes).toEqual([
    { host: 'a.x', ports: [8443], from: 'b' },
    { host: 'b.x', ports: [443], from: 'a' },
    { host: 'c.x', ports: [443], from: 'b' },
  ])
})

test('a relative Dockerfile is relative to the home', () => {
  expect(folded('agent_provider: {dockerfile: images/mine/Dockerfile}').bottle.dockerfile).toBe(
    '/home/ada/.bot-bottle/images/mine/Dockerfile',
  )
})

test('every value knows the file that it comes from', () => {
  const { origins } = folded('env: {A: x, B: x}\nlimits: {cpus: 1}', 'env: {B: y}\negress: {routes: [{host: h.x}]}')
  expect(Object.fromEntries(origins)).toEqual({
    'env.A': 'bottles/a.md',
    'env.B': 'bottles/b.md',
    'limits.cpus': 'bottles/a.md',
    'egress.routes[h.x]': 'bottles/b.md',
  })
})

test('folding is the same in one go and step by step over an empty bottle in between', () => {
  const yamls = ['env: {A: x}\nsupervise: false', 'egress: {routes: [{host: h.x}]}', 'limits: {pids: 64}']
  expect(folded(...yamls.flatMap((yaml) => [yaml, ''])).bottle.egress.routes.map((route) => route.host)).toEqual([
    'h.x',
  ])
  expect(folded(...yamls, '').bottle).toEqual(folded(...yamls).bottle)
})
