import { expect, test } from 'vitest'
import { ANSI, BEHIND_TEXT } from './palette'

/** `--canvas` of app/globals.css in either theme, as sRGB. */
const CANVAS = { dark: '#0f1311', light: '#f4f7f5' }

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

test.each(['dark', 'light'] as const)('the sixteen colours are readable on the %s canvas', (theme) => {
  const behind: readonly number[] = BEHIND_TEXT[theme]
  for (const [index, color] of ANSI[theme].entries()) {
    if (!behind.includes(index)) expect(contrast(color, CANVAS[theme]), `${index} ${color}`).toBeGreaterThanOrEqual(4.5)
  }
})
