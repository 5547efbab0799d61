import { expect, test } from 'vitest'
import type { Cidr } from '../../contract/ids.ts'
import { bundleSubnet } from './subnet.ts'

const number = (slug: string, taken: string[] = []) => Number(bundleSubnet(slug, taken as Cidr[])!.subnet.split('.')[2])

test('is the same for the same slug, and its addresses follow from it', () => {
  const { subnet, gateway, bundle } = bundleSubnet('web-shop-fix', [])!
  expect(bundleSubnet('web-shop-fix', [])).toEqual({ subnet, gateway, bundle })
  const base = subnet.replace('.0/24', '')
  expect([gateway, bundle]).toEqual([`${base}.1`, `${base}.2`])
})

test('is never 17, 0 or 255, and none that overlaps a network of this machine', () => {
  const all = Array.from({ length: 3000 }, (_, n) => number(`slug-${n}`))
  expect(all.filter((n) => n === 17 || n < 1 || n > 254)).toEqual([])
  const home = number('web-shop-fix')
  expect(number('web-shop-fix', [`192.168.${home}.40/24`])).not.toBe(home)
  // The engine's own networks may be as wide as sixteen of ours.
  expect(Math.floor(number('web-shop-fix', [`192.168.${home}.1/20`]) / 16)).not.toBe(Math.floor(home / 16))
  expect(number('web-shop-fix', [`192.168.${home}.77/32`])).not.toBe(home)
  // The control: an address elsewhere takes nothing.
  expect(number('web-shop-fix', [`10.0.${home}.40/24`])).toBe(home)
})

test('is none when all are taken', () => {
  const all = Array.from({ length: 256 }, (_, n): Cidr => `192.168.${n}.1/32`)
  expect(bundleSubnet('web-shop-fix', all)).toBeNull()
  expect(bundleSubnet('web-shop-fix', ['192.168.0.5/16'])).toBeNull()
})
