import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

const css = readFileSync(path.join(import.meta.dirname, '../globals.css'), 'utf8')

/** Variables of one block: name → [lightness, chroma, hue]. */
function tokens(selector: string): Map<string, [number, number, number]> {
  const start = css.indexOf(`${selector} {`)
  const block = css.slice(start, css.indexOf('\n}', start))
  return new Map(
    [...block.matchAll(/--([a-z-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\);/g)].map(([, name, l, c, h]) => [
      name!,
      [Number(l), Number(c), Number(h)],
    ]),
  )
}

/** Relative luminance of an OKLCH colour, by way of linear sRGB (Björn Ottosson's matrices). */
function luminance([l, c, hue]: [number, number, number]): number {
  const a = c * Math.cos((hue * Math.PI) / 180)
  const b = c * Math.sin((hue * Math.PI) / 180)
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3
  const clamp = (value: number) => Math.min(1, Math.max(0, value))
  const red = clamp(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short)
  const green = clamp(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short)
  const blue = clamp(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const ratio = (one: number, two: number) => (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05)

const TEXT = ['ink', 'muted', 'dim', 'working', 'needs', 'launching', 'failed', 'idle']
const GROUND = ['canvas', 'surface', 'sunken', 'raised', 'hover']
/** Text on a ground of its own. */
const PAIRS = [
  ['accent-ink', 'accent'],
  ['accent-ink', 'accent-hover'],
  ['failed-ink', 'failed'],
  ['danger-ink', 'danger'],
  ['needs', 'needs-soft'],
  ['launching', 'launching-soft'],
  ['failed', 'failed-soft'],
  ['muted', 'failed-soft'],
  ['muted', 'needs-soft'],
  ['muted', 'idle-soft'],
  ['working', 'accent-soft'],
  ['dim', 'accent-soft'],
] as const

describe.each([
  ['light', ':root'],
  ['dark', '[data-theme="dark"]'],
])('colours of the %s theme', (_, selector) => {
  const table = tokens(selector)
  const light = (name: string) => luminance(table.get(name)!)

  test.each(TEXT.flatMap((text) => GROUND.map((ground) => [text, ground] as const)))(
    '%s is read on %s',
    (text, ground) => {
      expect(ratio(light(text), light(ground))).toBeGreaterThanOrEqual(4.5)
    },
  )
  test.each(PAIRS)('%s is read on %s', (text, ground) => {
    expect(ratio(light(text), light(ground))).toBeGreaterThanOrEqual(4.5)
  })
  test.each(GROUND)('the focus ring is seen on %s', (ground) => {
    expect(ratio(light('accent'), light(ground))).toBeGreaterThanOrEqual(3)
  })
})

test('both themes have the same tokens', () => {
  expect([...tokens('[data-theme="dark"]').keys()]).toEqual([...tokens(':root').keys()])
})
