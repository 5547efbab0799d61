import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { BottleSlug } from '../contract/ids.ts'
import type { BottlePlan } from '../contract/plan.ts'

/** The recording of the agent's terminal, which a share may refer to after everything else is gone. */
export const RECORDING = 'terminal.cast'
/** What a backend froze of the bottle, where it keeps that in a file. */
export const FROZEN = 'frozen'

/** `state/<slug>/` of every bottle: what a person finds on disk, and what outlives the server. */
export class StateFolders {
  readonly #root: string

  constructor(home: string) {
    this.#root = path.join(home, 'state')
  }

  of(slug: BottleSlug): string {
    return path.join(this.#root, slug)
  }

  /**
   * Makes the folder as the plan says; what an earlier run of this name left is replaced, but for what was frozen.
   * No secret is in it.
   */
  async write(plan: BottlePlan): Promise<void> {
    const folder = this.of(plan.slug)
    await clear(folder, FROZEN)
    await mkdir(path.join(folder, 'agent'), { recursive: true, mode: 0o700 })
    for (const made of [this.#root, folder, path.join(folder, 'agent')]) await chmod(made, 0o700)
    const copies = plan.workspace.mode === 'copy'
    await write(path.join(folder, 'metadata.json'), {
      identity: plan.slug,
      agent_name: plan.agent.name,
      bottle_names: plan.bottles,
      backend: plan.backend,
      cwd: copies ? plan.workspace.path : '',
      copy_cwd: copies,
      started_at: new Date(plan.resolvedAt).toISOString(),
      label: plan.label ?? '',
      color: plan.color ?? '',
      compose_project: `bot-bottle-${plan.slug}`,
    })
    await write(path.join(folder, 'plan.json'), plan)
    await writeFile(path.join(folder, 'agent', 'prompt.txt'), plan.prompt.text, { mode: 0o600 })
  }

  /** @param keepRecording leaves the recording of the terminal, because a share shows it */
  async remove(slug: BottleSlug, { keepRecording }: { keepRecording: boolean }): Promise<void> {
    const folder = this.of(slug)
    await clear(folder, keepRecording ? RECORDING : null)
  }

  /** Names of all folders there are, whether a bottle is known for them or not. */
  async names(): Promise<string[]> {
    const entries = await readdir(this.#root, { withFileTypes: true }).catch(() => [])
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  }
}

/** Removes a folder, all but one of its entries where that is there. */
async function clear(folder: string, spared: string | null): Promise<void> {
  const entries: string[] = await readdir(folder).catch(() => [])
  if (spared === null || !entries.includes(spared)) return rm(folder, { recursive: true, force: true })
  for (const entry of entries)
    if (entry !== spared) await rm(path.join(folder, entry), { recursive: true, force: true })
}

const write = (file: string, content: unknown) =>
  writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
