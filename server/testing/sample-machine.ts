import { plan } from '../backends/docker/plan.ts'
import type { MachineFacts } from '../bottles/machine-facts.ts'
import type { PlanId } from '../contract/ids.ts'
import type { DockerPlan } from '../contract/plan.ts'
import type { LaunchChoice } from '../manifest/request.ts'
import { type ResolveInputs, resolve } from '../manifest/resolve.ts'
import { manifest, type TempHome, tempHome } from './temp-home.ts'

export const SAMPLE_INPUTS: Omit<ResolveInputs, 'home'> = {
  now: 1_700_000_000_000,
  planId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' as PlanId,
  draw: 'x7k2p',
  taken: new Set<string>(),
}

/** A repository with our three images and a home: what a plan is made from. */
export interface SampleMachine extends AsyncDisposable {
  readonly home: TempHome
  readonly root: TempHome
  facts(changes?: Partial<MachineFacts>): MachineFacts
  /** From a choice to a docker plan; the default choice is the agent `dev`. */
  plan(choice?: Partial<LaunchChoice>, facts?: Partial<MachineFacts>): Promise<DockerPlan>
}

/** @param bottle frontmatter of `bottles/dev.md`; `files` are written over the rest of the home */
export async function sampleMachine(
  bottle: string,
  files: Readonly<Record<string, string>> = {},
): Promise<SampleMachine> {
  const home = await tempHome({
    'agents/dev.md': manifest('bottle: dev', 'You write code.'),
    'bottles/dev.md': manifest(bottle),
    ...files,
  })
  const images = ['claude', 'codex', 'shell'].map((name) => [`docker/agents/${name}/Dockerfile`, `FROM ${name}\n`])
  const root = await tempHome(Object.fromEntries(images))
  const facts = (changes: Partial<MachineFacts> = {}): MachineFacts => ({
    runsc: false,
    engineProblem: null,
    hostEnv: new Set(),
    root: root.path,
    home: home.path,
    ...changes,
  })
  return {
    home,
    root,
    facts,
    plan: async (choice = {}, changes = {}) =>
      plan(await resolve({ agent: 'dev', ...choice }, { ...SAMPLE_INPUTS, home: home.path }), facts(changes)),
    async [Symbol.asyncDispose]() {
      await home[Symbol.asyncDispose]()
      await root[Symbol.asyncDispose]()
    },
  }
}
