import { expect, test } from 'vitest'
import type { ManifestName } from '../../contract/ids.ts'
import { parseBottle } from '../parse/bottle-file.ts'
import { STARTER_FILES } from '../starter-files.ts'
import { CannotEditError, editBottle } from './edit-bottle.ts'

const github = { host: 'api.github.com', matches: [{ paths: [{ type: 'exact', value: '/user' }], methods: ['GET'] }] }
const put = (...routes: { host: string }[]) => ({ put: routes, remove: [] })

const FILE = `---
# who
agent_provider:   {template: claude}    # spaced as I like
egress:
  log: 2
  routes:
    # packages
    - host: Registry.npmjs.org # read only
      ports: [443]
      matches:
        - methods: [GET] # no publish
    - host: pypi.org
# env:
#   A: b
env:
    ODD:    "value"
limits: {cpus: 2, memory: 4g}
---

# Notes

egress: not this one
`

test('a route is added behind the others; comments stay, and so does everything else', () => {
  expect(editBottle(FILE, put(github))).toBe(
    FILE.replace(
      '    - host: pypi.org\n',
      `    - host: pypi.org
    - host: api.github.com
      matches:
        - paths:
            - {type: exact, value: /user}
          methods: [GET]
`,
    ),
  )
})

test('a route that is there is changed where it differs, found in whatever spelling', () => {
  const route = { host: 'registry.npmjs.org', matches: [{ methods: ['GET'] }, { methods: ['HEAD'] }] }
  const edited = editBottle(FILE, put(route))
  expect(edited).toContain('- host: Registry.npmjs.org # read only\n      matches:\n')
  expect(edited).toContain('- methods: [GET] # no publish\n        - methods: [HEAD]\n')
  expect(edited).toContain('# packages')
  expect(edited).not.toContain('ports')
})

test('a route is removed with what was said about it, and the others stay', () => {
  const edited = editBottle(FILE, { put: [], remove: ['pypi.org', 'never.there'] })
  expect(edited).not.toContain('pypi')
  expect(edited).toContain('Registry.npmjs.org')
  expect(edited.slice(edited.indexOf('env:'))).toBe(FILE.slice(FILE.indexOf('env:')))
})

test('what the file says already changes nothing at all', () => {
  expect(editBottle(FILE, put({ host: 'pypi.org' }))).toBe(FILE)
  expect(editBottle(FILE, { put: [], remove: ['other.org'] })).toBe(FILE)
})

test.each([
  ['without frontmatter', 'Just words.\n', '---\negress:\n  routes:\n'],
  ['with nothing in its frontmatter', '---\n---\nWords\n', '---\negress:\n  routes:\n    - host: api.github.com\n'],
  ['without egress', '---\nsupervise: false\n---\n', 'supervise: false\negress:\n  routes:\n'],
  ['with an empty egress', '---\negress:\nsupervise: false\n---\n', 'egress:\n  routes:\n'],
  ['with an empty list', '---\negress: {log: 1, routes: []}\n---\n', '{type: exact, value: /user}'],
  [
    'with lists that are not indented',
    '---\negress:\n  routes:\n  - host: a.org\n---\n',
    '  routes:\n  - host: a.org\n  - host: api',
  ],
  ['with lines ended as on Windows', '---\r\nsupervise: false\r\n---\r\nWords\r\n', '---\r\nWords\r\n'],
])('a file %s gets its first route', (_name, before, part) => {
  const edited = editBottle(before, put(github))
  expect(edited).toContain(part)
  const read = parseBottle('b' as ManifestName, 'bottles/b.md', edited)
  expect('bottle' in read && read.bottle.routes.map(({ host }) => host)).toContain('api.github.com')
  expect(edited.endsWith(before.slice(before.lastIndexOf('---') + 3))).toBe(true)
})

test('the bottle of the starter set keeps every one of its examples', () => {
  const before = STARTER_FILES['bottles/claude.md']!
  const edited = editBottle(before, put(github))
  const comments = before.split('\n').filter((line) => line.trimStart().startsWith('#'))
  expect(edited.split('\n')).toEqual(expect.arrayContaining(comments))
})

test.each([
  ['an alias', '---\nlimits: &l {cpus: 1}\negress: *l\n---\n'],
  ['a text where the map should be', '---\negress: no\n---\n'],
  ['broken YAML', '---\negress: [\n---\n'],
])('%s is left to a person', (_name, text) => {
  expect(() => editBottle(text, put(github))).toThrow(CannotEditError)
})
