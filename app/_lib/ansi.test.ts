import { describe, expect, it } from 'vitest'
import { parseAnsi, plainText, visibleText } from './ansi'
import { cssColor, paletteColor } from './ansi-color'

const ESC = '\u001b'

describe('parseAnsi', () => {
  it('keeps plain text as one span', () => {
    expect(parseAnsi('hello')).toEqual([{ text: 'hello', style: {} }])
    expect(parseAnsi('')).toEqual([])
  })

  it('gives colours and weight to the text that follows', () => {
    expect(parseAnsi(`${ESC}[1;31merror${ESC}[0m: no such file`)).toEqual([
      { text: 'error', style: { bold: true, color: { index: 1 } } },
      { text: ': no such file', style: {} },
    ])
  })

  it('knows bright colours, backgrounds and what switches them off', () => {
    expect(parseAnsi(`${ESC}[92;44ma${ESC}[39mb${ESC}[49;2mc${ESC}[22md`)).toEqual([
      { text: 'a', style: { color: { index: 10 }, background: { index: 4 } } },
      { text: 'b', style: { background: { index: 4 } } },
      { text: 'c', style: { dim: true } },
      { text: 'd', style: {} },
    ])
  })

  it('knows the table of 256 and true colour, with semicolons and colons', () => {
    expect(parseAnsi(`${ESC}[38;5;196mx`)).toEqual([{ text: 'x', style: { color: { rgb: '255 0 0' } } }])
    expect(parseAnsi(`${ESC}[38;5;9mx`)).toEqual([{ text: 'x', style: { color: { index: 9 } } }])
    expect(parseAnsi(`${ESC}[48;2;1;2;3;1mx`)).toEqual([
      { text: 'x', style: { background: { rgb: '1 2 3' }, bold: true } },
    ])
    expect(parseAnsi(`${ESC}[38:5:232mx`)).toEqual([{ text: 'x', style: { color: { rgb: '8 8 8' } } }])
  })

  it('passes over colours that do not exist', () => {
    expect(visibleText(`${ESC}[38;5;999mx${ESC}[38;2;1;2;999my${ESC}[38mz`)).toBe('xyz')
    expect(parseAnsi(`${ESC}[38;5;999mx`)).toEqual([{ text: 'x', style: {} }])
  })

  it.each([
    ['cursor movement and erasing', `a${ESC}[2J${ESC}[10;10Hb${ESC}[Kc`, 'abc'],
    ['a title', `a${ESC}]0;owned\u0007b`, 'ab'],
    ['a title without its end', `a${ESC}]0;owned`, 'a'],
    ['a hyperlink, whose text stays', `${ESC}]8;;https://evil.example${ESC}\\click${ESC}]8;;${ESC}\\`, 'click'],
    ['a clipboard write', `${ESC}]52;c;aGk=\u0007x`, 'x'],
    ['a device string', `${ESC}P1$r0m${ESC}\\x`, 'x'],
    ['eight-bit controls', '\u009b31mred\u009d0;t\u0007x', 'redx'],
    ['bell, backspace, null, delete', 'a\u0007\u0008\u0000\u007fb', 'ab'],
    ['a lone escape at the end', `a${ESC}`, 'a'],
    ['an unfinished sequence', `a${ESC}[31`, 'a'],
    ['character set and keypad switches', `${ESC}(0${ESC}=a${ESC}>`, 'a'],
  ])('drops %s', (_what, line, shown) => {
    expect(visibleText(line)).toBe(shown)
  })

  it('keeps tabs', () => {
    expect(visibleText('a\tb')).toBe('a\tb')
  })

  it('shows what a carriage return left standing', () => {
    expect(visibleText('10 %\r50 %\r100 %')).toBe('100 %')
    expect(visibleText('windows line\r')).toBe('windows line')
    expect(visibleText('\r\r')).toBe('')
  })

  it('leaves markup as letters', () => {
    const markup = '<img src=x onerror=alert(1)></script><b>'
    expect(parseAnsi(markup)).toEqual([{ text: markup, style: {} }])
  })

  it('writes out characters that reorder or hide text', () => {
    expect(parseAnsi('user\u202eexe.txt')).toEqual([
      { text: 'user', style: {} },
      { text: 'U+202E', style: {}, revealed: true },
      { text: 'exe.txt', style: {} },
    ])
    expect(visibleText('a\u200bb\u2066c\u{e0041}')).toBe('aU+200BbU+2066cU+E0041')
  })

  it('lets honest right-to-left text and emoji be', () => {
    expect(visibleText('שלום 👩‍🚀')).toBe('שלום 👩‍🚀')
  })

  it('does not let one line make thousands of elements', () => {
    const rainbow = Array.from({ length: 5000 }, (_, i) => `${ESC}[38;5;${i % 256}m${i % 10}`).join('')
    const spans = parseAnsi(rainbow)
    expect(spans.length).toBeLessThanOrEqual(401)
    expect(spans.map((span) => span.text).join('')).toHaveLength(5000)
    expect(parseAnsi('\u200b'.repeat(5000)).length).toBeLessThanOrEqual(401)
  })
})

describe('plainText', () => {
  it('is one line without sequences', () => {
    expect(plainText(`${ESC}[31mno\n\n  space${ESC}[0m \u202eleft`)).toBe('no space U+202Eleft')
  })
})

describe('colours', () => {
  it('come from the theme up to 15 and are exact above', () => {
    expect(cssColor(paletteColor(2))).toBe('var(--ansi-2)')
    expect(cssColor(paletteColor(21))).toContain('rgb(0 0 255)')
    expect(paletteColor(255)).toEqual({ rgb: '238 238 238' })
  })
})
