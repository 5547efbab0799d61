import { PassThrough, Readable } from 'node:stream'
import type { Backend, Bottle, EngineChange, ExistingBottle, FrozenThing, TtyStream } from '../bottles/backend.ts'
import { type LaunchRun, step } from '../bottles/steps.ts'
import type { StepName } from '../contract/events.ts'
import type { BottleSlug } from '../contract/ids.ts'
import { LAUNCH_STEPS } from '../contract/launch-steps.ts'
import type { DockerPlan } from '../contract/plan.ts'
import type { Leftover } from '../contract/views.ts'
import { Scope } from '../lib/scope.ts'
import { samplePlan } from './sample-plan.ts'

/** What goes differently than well. */
export interface Script {
  /** This step fails; with `hangs` it waits until it is cancelled, as a build does. */
  failAt?: StepName
  hangAt?: StepName
  /** These parts cannot be removed. */
  stuck?: readonly string[]
  /** The engine does not answer. */
  down?: boolean
  /** Freezing goes wrong with these words. */
  freezeFails?: string
  /** Freezing waits for this. */
  freezing?: Promise<void>
}

const PARTS = ['networks', 'agent'] as const

/**
 * A backend without an engine: an "engine" is a map from slug to parts that exist. Each part that a launch makes is
 * undone by its step's release, as the real ones are, and what was done is written down in words.
 */
export class ScriptedBackend implements Backend<DockerPlan> {
  readonly name = 'docker'
  script: Script = {}
  readonly calls: string[] = []
  readonly world = new Map<BottleSlug, { parts: Set<string>; running: boolean; exitCode: number | null }>()
  readonly strangers: Leftover[] = []
  readonly things: FrozenThing[] = []
  #tell: (change: EngineChange) => void = () => {}
  #broken = deferred()
  #reached = new Map<StepName, () => void>()

  /** Resolves when a launch has come to this step. */
  reached(name: StepName): Promise<void> {
    return new Promise((resolve) => this.#reached.set(name, resolve))
  }

  plan: Backend<DockerPlan>['plan'] = async (request) =>
    samplePlan({
      id: request.planId,
      resolvedAt: request.resolvedAt,
      slug: request.slug,
      agent: request.agent,
      bottles: request.bottles,
      label: request.label,
      color: request.color,
      prompt: { ...request.prompt, guestPath: '/home/node/.bot-bottle-prompt.txt' },
      blockers: request.blockers,
      warnings: request.warnings,
      ...(request.resume && { resume: request.resume }),
      env: [...request.bottle.env].map(([name, declared]) => ({ name, ...originOf(declared) })),
    })

  async launch(plan: DockerPlan, run: LaunchRun): Promise<Bottle> {
    await using scope = run.scope
    const { slug } = plan
    const found = { parts: new Set<string>(), running: false, exitCode: null }
    for (const name of LAUNCH_STEPS.docker) {
      const made = PARTS.find((part) => part === name)
      // As with the real engine: what a step makes may be there although the step failed.
      if (made) scope.defer(name, () => this.#remove(slug, made))
      await step(run, name, async (signal) => {
        this.calls.push(name)
        this.#reached.get(name)?.()
        if (made) {
          this.world.set(slug, found)
          found.parts.add(made)
        }
        run.emit({ type: 'output', step: name, stream: 'stdout', text: `\u001b[1mdoing ${name}\u001b[0m\n` })
        if (this.script.hangAt === name) await Promise.race([aborted(signal), this.#broken.promise])
        if (this.script.failAt === name) throw new Error(`${name} went wrong`)
      })
    }
    found.running = true
    scope.move()
    return this.#bottle(slug)
  }

  async adopt(slug: BottleSlug): Promise<Bottle> {
    this.calls.push(`adopt ${slug}`)
    if (!this.world.get(slug)?.running) throw new Error('It does not run.')
    return this.#bottle(slug)
  }

  async teardown(slug: BottleSlug, onRelease: (name: string, error?: unknown) => void) {
    this.calls.push(`teardown ${slug}`)
    if (this.script.down) throw new Error('The engine does not answer.')
    const scope = new Scope(onRelease)
    for (const part of PARTS) {
      if (this.world.get(slug)?.parts.has(part)) scope.defer(part, () => this.#remove(slug, part))
    }
    return scope.close()
  }

  freeze: Backend<DockerPlan>['freeze'] = async (slug, { output }) => {
    this.calls.push(`freeze ${slug}`)
    output.say(`keeping ${slug}`)
    await this.script.freezing
    if (this.script.freezeFails) throw new Error(this.script.freezeFails)
    const digest = `sha256:${this.things.length}`
    const name = `bot-bottle-${slug}:frozen`
    const frozenAt = Date.now()
    this.things.push({ slug, digest, kind: 'image', name, bytes: 7, createdAt: frozenAt })
    return { reference: name, digest, bytes: 7, frozenAt }
  }
  frozen = async () => this.things
  discardFrozen: Backend<DockerPlan>['discardFrozen'] = async (slug, keep) => {
    this.calls.push(`discard all of ${slug} but ${keep}`)
    const kept = this.things.filter((thing) => thing.slug !== slug || thing.digest === keep)
    this.things.splice(0, this.things.length, ...kept)
  }

  async existing(): Promise<ExistingBottle[]> {
    if (this.script.down) throw new Error('The engine does not answer.')
    return [...this.world].map(([slug, { parts, running, exitCode }]) => ({
      slug,
      agent: running ? 'running' : parts.has('agent') ? 'ended' : 'partial',
      exitCode,
      parts: [...parts],
    }))
  }

  async watch(onChange: (change: EngineChange) => void, signal: AbortSignal): Promise<void> {
    this.#tell = onChange
    this.tellEngine(true)
    await aborted(signal).catch(() => {})
  }

  leftovers = async () => this.strangers
  removeLeftover = async ({ id }: Leftover) => {
    this.calls.push(`remove ${id}`)
  }

  /** The engine comes or goes. */
  tellEngine(reachable: boolean): void {
    this.script = { ...this.script, down: !reachable }
    const problem = reachable ? null : 'Start it.'
    this.#tell({ kind: 'engine', engine: { reachable, name: 'Scripted 1.0', runtime: 'runc', problem } })
  }

  /** What hangs fails, as a request does when the engine goes away. */
  breakOff(error: Error): void {
    this.#broken.reject(error)
  }

  /** The agent ends by itself. */
  end(slug: BottleSlug, exitCode: number): void {
    Object.assign(this.world.get(slug)!, { running: false, exitCode })
    this.#tell({ kind: 'ended', slug, exitCode, evidence: `its process ended with code ${exitCode}` })
  }

  /** Somebody removes the agent's container from outside. */
  vanish(slug: BottleSlug): void {
    const found = this.world.get(slug)!
    found.parts.delete('agent')
    found.running = false
    this.#tell({ kind: 'gone', slug, evidence: 'its container was removed' })
  }

  /** Puts something on the engine, as an earlier server would have left it. */
  exists(slug: BottleSlug, agent: ExistingBottle['agent'], exitCode: number | null = null): void {
    const parts = new Set<string>(agent === 'partial' ? ['networks'] : PARTS)
    this.world.set(slug, { parts, running: agent === 'running', exitCode })
  }

  #remove(slug: BottleSlug, part: string): void {
    this.calls.push(`remove ${part}`)
    if (this.script.down) throw new Error('The engine does not answer.')
    if (this.script.stuck?.includes(part)) throw new Error(`${part} is in use`)
    const found = this.world.get(slug)
    found?.parts.delete(part)
    if (part === 'agent' && found) found.running = false
    if (found?.parts.size === 0) this.world.delete(slug)
  }

  #bottle(slug: BottleSlug): Bottle {
    const stream = (): TtyStream => ({
      output: new PassThrough(),
      write: () => true,
      drained: async () => {},
      resize: async () => {},
      exited: new Promise(() => {}),
      close: async () => {},
    })
    return {
      slug,
      attachAgent: async () => stream(),
      agentHistory: async () => Readable.from([]),
      openShell: async () => stream(),
      probe: async () => ({ at: 0, green: true, checks: [], durationMs: 0 }),
      async *stats(signal) {
        yield { cpu: 12.5, memory: 1024 }
        await aborted(signal).catch(() => {})
      },
    }
  }
}

function deferred(): { promise: Promise<never>; reject(error: Error): void } {
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<never>((_, fail) => {
    reject = fail
  })
  promise.catch(() => {})
  return { promise, reject }
}

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) return reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

type Declared = Parameters<ScriptedBackend['plan']>[0]['bottle']['env'] extends ReadonlyMap<string, infer D> ? D : never

function originOf(declared: Declared) {
  const { from } = declared
  if (declared.kind === 'literal') return { origin: 'literal', value: declared.value, from } as const
  if (declared.kind === 'host') return { origin: 'host', hostName: declared.hostName, from } as const
  return { origin: 'asked', message: declared.message, from } as const
}
