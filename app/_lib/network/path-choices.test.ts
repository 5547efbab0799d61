import { expect, test } from 'vitest'
import { choiceWords, pathChoices } from './path-choices'

test('the least is offered first, each folder above it, at last everything', () => {
  expect(pathChoices('/repos/acme/shop/pulls').map(choiceWords)).toEqual([
    'exactly /repos/acme/shop/pulls',
    'everything under /repos/acme/shop/',
    'everything under /repos/acme/',
    'everything under /repos/',
    'every path',
  ])
})

test('a folder is not its own parent, and the root has none', () => {
  expect(pathChoices('/repos/')).toEqual([
    { type: 'exact', value: '/repos/' },
    { type: 'prefix', value: '/' },
  ])
  expect(pathChoices('/').map(choiceWords)).toEqual(['exactly /', 'every path'])
  expect(pathChoices('')).toEqual(pathChoices('/'))
})

test('of a path of thousands of segments a handful is offered', () => {
  const deep = pathChoices(`/a${'/b'.repeat(4000)}`)
  expect(deep.map(choiceWords)).toEqual([
    'everything under /a/b/b/',
    'everything under /a/b/',
    'everything under /a/',
    'every path',
  ])
})
