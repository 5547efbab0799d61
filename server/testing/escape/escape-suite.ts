import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import type { Lab } from './lab.ts'
import { Made } from './made.ts'
import { openScene, type Scene } from './scene.ts'
import { artefacts } from './suite/artefacts.ts'
import { bodies } from './suite/bodies.ts'
import { connections } from './suite/connections.ts'
import { credentials } from './suite/credentials.ts'
import { directWays } from './suite/direct-ways.ts'
import { kernel } from './suite/kernel.ts'
import { limits } from './suite/limits.ts'
import { machine } from './suite/machine.ts'
import { names } from './suite/names.ts'
import { outboundScan } from './suite/outbound-scan.ts'
import { paths } from './suite/paths.ts'
import { requests } from './suite/requests.ts'

/**
 * What a hostile program in a bottle may try, each with the promise as its title; the number is the row of the list in
 * `docs/escape-suite.md`, which says what is where. The same on every backend: what one of them supplies is a `Lab`.
 */
export function escapeSuite(openLab: () => Promise<Lab>): void {
  const made = new Made()
  let scene: Scene
  const sceneOf = () => scene

  beforeAll(async () => {
    scene = await openScene(made, openLab)
  })
  afterAll(() => made[Symbol.asyncDispose]())
  afterEach(() => {
    scene.bottle.around.origin.forget()
    scene.bottle.around.evil.forget()
  })

  describe('nothing of this machine is found', () => machine(sceneOf))
  describe('the kernel gives nothing away', () => kernel(sceneOf))
  describe('there is no way but the proxy', () => directWays(sceneOf))
  describe('no name is a way', () => names(sceneOf))
  describe('the proxy connects to what is listed', () => connections(sceneOf))
  describe('a request is what it says', () => requests(sceneOf))
  describe('a path is what it says', () => paths(sceneOf))
  describe('bodies of any size', () => bodies(sceneOf))
  describe('the agent has no real token', () => credentials(sceneOf))
  describe('secrets do not leave', () => outboundScan(sceneOf))
  describe('a bottle cannot use this machine up', () => limits(sceneOf))
  // The last, because it looks at what all the others left behind.
  describe('what is left behind', () => artefacts(sceneOf))
}
