import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { ANSI, BEHIND_TEXT } from '@/app/_lib/terminal/palette'

const css = readFileSync(path.join(import.meta.dirname, 'ansi.css'), 'utf8')

/** `--sunken` and `--canvas` of app/globals.css as sRGB: what output and logs stand on. */
const GROUNDS = { light: ['#ebefec', '#f4f7f5'], dark: ['#0b0e0d', '#0f1311'] } as const

describe.each([
  ['light', ':root'],
  ['dark', '[data-theme="dark"]'],
] as const)('the sixteen colours of a log in the %s theme', (theme, selector) => {
  const start = css.indexOf(`${selector} {`)
  const block = css.slice(start, css.indexOf('}', start))
  const colors = [...block.matchAll(/--ansi-\d+: (#[0-9a-f]{6});/g)].map((match) => match[1]!)

  test('are those of the terminal', () => {
    const behind: readonly number[] = BEHIND_TEXT[theme]
    expect(colors).toHaveLength(16)
    expect(colors.filter((_, index) => !behind.includes(index))).toEqual(
      ANSI[theme].filter((_, index) => !behind.includes(index)),
    )
  })

  test.each(GROUNDS[theme])('are read on %s', (ground) => {
    for (const [index, color] of colors.entries())
      expect(contrast(color, ground), `${index} ${color}`).toBeGreaterThanOrEqual(4.5)
  })
})

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light! + 0.05) / (dark! + 0.05)
}
