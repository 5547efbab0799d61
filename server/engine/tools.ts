import path from 'node:path'
import type { MachineFacts } from '../bottles/machine-facts.ts'
import type { BottleSlug } from '../contract/ids.ts'
import type { KeyedLock } from '../lib/keyed-lock.ts'
import type { Docker } from './docker.ts'

/** Where this backend finds things. */
export interface EnginePlaces extends Pick<MachineFacts, 'root' | 'home'> {
  /** PEM file of certificate authorities that this machine trusts besides the public ones; null: none. */
  extraCa: string | null
  /** Where this dashboard listens, for the probe that it cannot be reached from a bottle. */
  dashboardPort?: number
}

/** `state/<slug>`, for the operator only. */
export const stateFolder = ({ home }: Pick<EnginePlaces, 'home'>, slug: BottleSlug): string =>
  path.join(home, 'state', slug)

/** What launching and everything after it works with. */
export interface EngineTools extends EnginePlaces {
  docker: Docker
  /** One image is made once, however many bottles wait for it. */
  images: KeyedLock
}
