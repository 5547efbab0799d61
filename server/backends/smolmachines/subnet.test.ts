import { expect, test } from 'vitest'
import { bundleSubnet } from './subnet.ts'

const number = (slug: string, taken: string[] = []) => Number(bundleSubnet(slug, taken)!.subnet.split('.')[2])

test('is the same for the same slug, and its addresses follow from it', () => {
  const { subnet, gateway, bundle } = bundleSubnet('web-shop-fix', [])!
  expect(bundleSubnet('web-shop-fix', [])).toEqual({ subnet, gateway, bundle })
  const base = subnet.replace('.0/24', '')
  expect([gateway, bundle]).toEqual([`${base}.1`, `${base}.2`])
})

test('is never 17, 0 or 255, and not one in which this machine has an address', () => {
  const all = Array.from({ length: 3000 }, (_, n) => number(`slug-${n}`))
  expect(all.filter((n) => n === 17 || n < 1 || n > 254)).toEqual([])
  const home = number('web-shop-fix')
  expect(number('web-shop-fix', [`192.168.${home}.40`])).not.toBe(home)
  // The control: an address elsewhere takes nothing.
  expect(number('web-shop-fix', [`10.0.${home}.40`])).toBe(home)
})

test('is none when all are taken', () => {
  const all = Array.from({ length: 256 }, (_, n) => `192.168.${n}.1`)
  expect(bundleSubnet('web-shop-fix', all)).toBeNull()
})
