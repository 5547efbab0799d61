import { expect, test } from 'vitest'
import type { ManifestName } from '../../contract/ids.ts'
import { manifest } from '../../testing/temp-home.ts'
import { parseAgent } from './agent-file.ts'

const parse = (yaml: string, body = '') =>
  parseAgent({ name: 'dev' as ManifestName, file: 'agents/dev.md', source: 'home' }, manifest(yaml, body))
const problems = (yaml: string) => {
  const read = parse(yaml)
  return 'problems' in read ? read.problems : []
}

test('reads every key of an agent, and its body as the prompt', () => {
  const yaml = 'bottle: dev\ndescription: Writes code\nskills: [code-review, a]\ngit-gate: {user: {email: dev@x}}'
  expect(parse(yaml, '\nYou write code.\n')).toMatchObject({
    agent: {
      bottle: 'dev',
      description: 'Writes code',
      skills: ['code-review', 'a'],
      gitUser: { email: 'dev@x' },
      prompt: 'You write code.',
    },
  })
})

test('a file without frontmatter is an agent with a prompt and no bottle', () => {
  const read = parseAgent({ name: 'a' as ManifestName, file: 'agents/a.md', source: 'home' }, 'Just do it.')
  expect(read).toMatchObject({ agent: { bottle: null, skills: [], prompt: 'Just do it.' } })
})

test('keys of other programs are accepted, whatever they hold', () => {
  expect(problems('name: dev\nmodel: opus\ncolor: blue\nmemory: {a: 1}\ntools: [Read, Bash]')).toEqual([])
})

test.each([
  ['egress: {routes: []}', 'egress'],
  ['git-gate: {repos: {}}', 'git-gate.repos'],
  ['env: {A: b}', 'env'],
  ['agent_provider: {}', 'agent_provider'],
  ['limits: {}', 'limits'],
  ['supervise: true', 'supervise'],
  ['extends: base', 'extends'],
])('“%s” is refused on an agent: it belongs to bottles', (yaml, path) => {
  expect(problems(yaml)).toMatchObject([{ path, message: `\`${path}\` is not allowed on an agent.` }])
  expect(problems(yaml)[0]!.fix).toContain('bottle')
})

test.each(['runtime', 'tokens', 'cred_proxy', 'git', 'git_user', 'pipelock'])(
  'the removed key %s is answered with its replacement',
  (key) => expect(problems(`${key}: x`)[0]!.message).toContain('was removed'),
)

test.each([
  ['a skill is not kebab-case', 'skills: [Code_Review]', 'kebab-case'],
  ['a skill leads out', 'skills: ["../x"]', 'kebab-case'],
  ['a skill is there twice', 'skills: [a, a]', 'listed twice'],
  ['skills is a text', 'skills: a', 'skills is "a"'],
  ['the bottle is a list', 'bottle: [a, b]', 'bottle is a list'],
  ['a key is misspelt', 'botle: a', '`botle` is not a key'],
])('refuses it when %s', (_what, yaml, message) => {
  expect(problems(yaml)[0]).toMatchObject({ file: 'agents/dev.md', line: 2 })
  expect(problems(yaml)[0]!.message).toContain(message)
})
