import { randomBytes } from 'node:crypto'
import type { BottleWorld } from './bottle-world.ts'
import { mintWorldCa } from './bottle-world.ts'
import type { Guest } from './guest.ts'
import type { Lab } from './lab.ts'
import type { Made } from './made.ts'
import { Side } from './side.ts'

/** Small enough that a program which takes all it can get is noticed soon. */
const BOTTLE = 'agent_provider: {template: shell}\nlimits: {memory: 384m, pids: 96}'

/** What every attack plays on. */
export interface Scene {
  /** The attacker's. */
  bottle: BottleWorld
  /** Another one on the same machine. */
  neighbour: BottleWorld
  unprotected: Guest
}
export type SceneOf = () => Scene

/** Made at run time: no scanner of this repository takes them for real ones. By slot. */
export const TOKENS = {
  API: `real-${randomBytes(24).toString('hex')}`,
  OTHER: `s3cr3t-${randomBytes(18).toString('hex')}`,
} as const

/** Names that the origin answers to; egress knows where all of them are, and where the evil side is. */
const HOSTS = ['origin.test', 'paths.test', 'narrow.test', 'large.test', 'open.test']
export const NAMES = [...HOSTS, 'evil.test']

export async function openScene(made: Made, openLab: () => Promise<Lab>): Promise<Scene> {
  const ca = await mintWorldCa()
  const origin = made.use(await Side.open(ca, HOSTS))
  const evil = made.use(await Side.open(ca, ['evil.test']))
  const lab = made.use(await openLab())
  const around = { ca, origin, evil, tokens: TOKENS }
  const bottle = made.use(await lab.launch(around, BOTTLE))
  const neighbour = made.use(await lab.launch(around, BOTTLE))
  return { bottle, neighbour, unprotected: made.use(await lab.unprotected(bottle)) }
}
