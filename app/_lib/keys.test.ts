import { describe, expect, test } from 'vitest'
import { fires, keyCaps, keyName } from './keys'

const press = (key: string, ...held: ('ctrl' | 'meta' | 'alt' | 'shift')[]) => ({
  key,
  ctrlKey: held.includes('ctrl'),
  metaKey: held.includes('meta'),
  altKey: held.includes('alt'),
  shiftKey: held.includes('shift'),
})

const inside = (html: string): Element => {
  document.body.innerHTML = html
  return document.querySelector('[data-target]')!
}

describe('names of keys', () => {
  test.each([
    [press('j'), 'j'],
    [press('?', 'shift'), '?'],
    [press('K', 'ctrl', 'shift'), 'mod+shift+k'],
    [press('Enter', 'meta'), 'mod+enter'],
    [press('ArrowDown'), 'down'],
    [press(' '), 'space'],
  ])('%o is %s', (event, name) => expect(keyName(event)).toBe(name))

  test('are written as on the keys of the machine', () => {
    expect(keyCaps('mod+k', true)).toEqual(['⌘', 'K'])
    expect(keyCaps('mod+shift+enter', false)).toEqual(['Ctrl', 'Shift', '↵'])
  })
})

describe('where a key fires', () => {
  test('on the page', () => {
    expect(fires('n', press('n'), inside('<button data-target>x</button>'))).toBe(true)
    expect(fires('n', press('n', 'ctrl'), document.body)).toBe(false)
    expect(fires('n', press('n'), null)).toBe(true)
  })
  test.each(['<input data-target>', '<textarea data-target></textarea>', '<p contenteditable="true" data-target></p>'])(
    'plain keys not while typing in %s, chords do',
    (html) => {
      const target = inside(html)
      expect(fires('n', press('n'), target)).toBe(false)
      expect(fires('?', press('?', 'shift'), target)).toBe(false)
      expect(fires('mod+enter', press('Enter', 'ctrl'), target)).toBe(true)
    },
  )
  test('in a terminal only chords with shift', () => {
    const target = inside('<div class="xterm"><textarea data-target></textarea></div>')
    expect(fires('mod+k', press('k', 'ctrl'), target)).toBe(false)
    expect(fires('mod+enter', press('Enter', 'ctrl'), target)).toBe(false)
    expect(fires('mod+shift+k', press('K', 'ctrl', 'shift'), target)).toBe(true)
  })
  test('not behind an open dialog or menu', () => {
    expect(fires('j', press('j'), inside('<div role="dialog"><button data-target></button></div>'))).toBe(false)
    expect(fires('j', press('j'), inside('<div role="menu"><div data-target></div></div>'))).toBe(false)
  })
})
