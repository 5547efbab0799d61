import type { Sha256 } from '../contract/ids.ts'
import type { EnvPlan, PlanNotice, RoutePlan, TokenSlot } from '../contract/plan.ts'

/** What a bottle asks of its provider. */
export interface ProviderRequest {
  /** Name of a variable of the host whose value is the credential; the value is not known here. */
  authToken: string | null
  forwardHostCredentials: boolean
  /** What the login of this machine is, where one is to be forwarded; absent: not known. */
  hostLogin?: 'account' | 'api-key'
  settings: Readonly<Record<string, unknown>>
  prompt: { text: string; digest: Sha256; guestPath: string }
}

/** What a provider adds to a plan. */
export interface ProviderPlan {
  /** Absolute path of the Dockerfile; the image is built from its folder. */
  dockerfile: string
  argv: readonly string[]
  /** Validated, with defaults filled in. */
  settings: Readonly<Record<string, unknown>>
  /** Placeholders and switches, without secrets. */
  env: readonly (EnvPlan & { origin: 'provider' })[]
  routes: readonly RoutePlan[]
  slots: readonly TokenSlot[]
  /** Guest folder in which the provider looks for skills. */
  skillsPath: string
  /** Guest file in which the provider itself looks for instructions, made a link to the prompt; null when argv names it. */
  instructionsPath: string | null
  blockers: readonly PlanNotice[]
  warnings: readonly PlanNotice[]
}

/** Where built-in images are found. */
export interface ProviderPlaces {
  /** Absolute path of the repository. */
  root: string
}

/** The pure part of a provider. */
export interface ProviderPlanner {
  readonly name: string
  plan(request: ProviderRequest, places: ProviderPlaces): ProviderPlan
}
