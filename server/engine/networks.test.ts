import { expect, test } from 'vitest'
import type { Docker } from './docker.ts'
import { candidates, createInternalNetwork } from './networks.ts'

const options = { name: 'bot-bottle-a', labels: {} }

test('a bottle tries subnets of its own, each once, all within 10.209.0.0/16', () => {
  const tried = [...candidates('bot-bottle-a', 'internal')]
  expect(new Set(tried).size).toBe(tried.length)
  expect(tried).toEqual([...candidates('bot-bottle-a', 'internal')])
  expect(tried[0]).not.toBe([...candidates('bot-bottle-b', 'internal')][0])
  for (const subnet of tried) {
    const [, third, fourth] = /^10\.209\.(\d+)\.(\d+)\/28$/.exec(subnet) ?? []
    expect(Number(third)).toBeLessThan(256)
    expect(Number(fourth) % 16).toBe(0)
  }
})

test('a subnet that is taken is passed over', async () => {
  const tried: string[] = []
  const createNetwork = async ({ IPAM }: { IPAM: { Config: { Subnet: string }[] } }) => {
    tried.push(IPAM.Config[0]!.Subnet)
    if (tried.length < 3) throw new Error('Pool overlaps with other one on this address space')
    return { id: 'net' }
  }
  expect(await createInternalNetwork({ createNetwork } as unknown as Docker, options)).toMatchObject({ id: 'net' })
  expect(tried).toHaveLength(3)
})

test('any other failure is told as it is, and so is that none is free', async () => {
  const failing = (message: string) =>
    ({ createNetwork: () => Promise.reject(new Error(message)) }) as unknown as Docker
  await expect(createInternalNetwork(failing('permission denied'), options)).rejects.toThrow('permission denied')
  await expect(createInternalNetwork(failing('Pool overlaps'), options)).rejects.toThrow('No free network')
})
