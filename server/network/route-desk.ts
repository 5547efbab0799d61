import type { BottleRegistry } from '../bottles/registry.ts'
import type { BottleSlug } from '../contract/ids.ts'
import type { FreezeResult, RoutesEdit, RoutesPreview, RoutesUpdated, RoutesView } from '../contract/network.ts'
import type { BottlePlan } from '../contract/plan.ts'
import { ManifestError, messageOf, WrongStateError } from '../errors.ts'
import type { EventLog } from '../events/log.ts'
import { KeyedLock } from '../lib/keyed-lock.ts'
import { unifiedDiff } from '../lib/line-diff.ts'
import { type TableFile, tableRoute, tableText } from '../sidecars/egress/table-file.ts'
import type { LiveTable } from './live-table.ts'
import { type PreparedManifestEdit, prepareManifestEdit, writeManifestEdit } from './manifest-edit.ts'
import { type EditedRoutes, editableText, editRoutes } from './route-edit.ts'

export interface RouteDeskParts {
  registry: Pick<BottleRegistry, 'get'>
  events: Pick<EventLog, 'append'>
  /** Absolute path of the operator's home, where bottle files are. */
  home: string
  /** Told after a table was replaced. */
  onChange(slug: BottleSlug, change: { frozen: boolean }): void
}

/** A change to the routes of a running bottle, as it was reviewed. */
export interface RoutesUpdate {
  slug: BottleSlug
  /** Of the table that was edited. */
  digest: string
  edit: RoutesEdit
  /** Writes the same change to this bottle file, too. `digest` is that of the file as it was reviewed. */
  manifest?: { bottle: string; digest: string } | undefined
}

/** Where the operator changes routes of bottles that are up. One change of a bottle at a time. */
export class RouteDesk {
  readonly #tables = new Map<BottleSlug, LiveTable>()
  readonly #locks = new KeyedLock()

  constructor(private readonly parts: RouteDeskParts) {}

  /** Takes on the table of a bottle that is up. */
  take(slug: BottleSlug, table: LiveTable): void {
    this.#tables.set(slug, table)
  }
  drop(slug: BottleSlug): void {
    this.#tables.delete(slug)
  }
  isFrozen(slug: BottleSlug): boolean {
    return this.#tables.get(slug)?.table.frozen ?? false
  }
  get anyFrozen(): boolean {
    return [...this.#tables.values()].some(({ table }) => table.frozen)
  }

  /** @throws WrongStateError when the bottle is not up */
  routes(slug: BottleSlug): RoutesView {
    const table = this.#of(slug)
    const { plan } = this.parts.registry.get(slug)
    const { frozen, routes, resolve } = table.table
    const named = routes.flatMap(({ origin }) => (origin.kind === 'bottle' ? [origin.name] : []))
    return {
      slug,
      frozen,
      routes: routes as RoutesView['routes'],
      resolve,
      text: editableText(routes as RoutesView['routes']),
      digest: table.digest,
      status: table.status,
      slots: slotsOf(plan),
      bottles: [...new Set([...plan.bottles, ...named])],
    }
  }

  /** What an edit would do, to the bottle and, if asked, to a bottle file. Changes nothing. */
  async preview(slug: BottleSlug, edit: RoutesEdit, bottle?: string): Promise<RoutesPreview> {
    const before = this.routes(slug)
    try {
      const edited = this.#edited(slug, edit)
      tableText(withRoutes(this.#of(slug).table, edited))
      const manifest = bottle === undefined ? null : await prepareManifestEdit(this.parts.home, bottle, edited)
      return {
        problems: [],
        diff: unifiedDiff(before.text, edited.text, 'routes'),
        changes: edited.changes,
        manifest: manifest && { file: manifest.file, diff: manifest.diff, digest: manifest.digest },
      }
    } catch (error) {
      const problems =
        error instanceof ManifestError
          ? error.problems
          : [{ file: 'routes', path: '', message: messageOf(error), fix: 'Correct it.', severity: 'error' as const }]
      return { problems, diff: '', changes: [], manifest: null }
    }
  }

  /**
   * Changes the routes of a running bottle: all at once, or not at all.
   * @throws ManifestError with every problem; WrongStateError when something changed since it was reviewed; BadInputError
   */
  update({ slug, digest, edit, manifest }: RoutesUpdate): Promise<RoutesUpdated> {
    return this.#locks.run(slug, async () => {
      const table = this.#of(slug)
      if (table.digest !== digest)
        throw new WrongStateError(
          `The routes of ${slug} changed after you saw them, so nothing was changed. Look again.`,
        )
      const edited = this.#edited(slug, edit)
      let file: PreparedManifestEdit | null = null
      if (manifest) {
        file = await prepareManifestEdit(this.parts.home, manifest.bottle, edited)
        if (file.digest !== manifest.digest) await writeManifestEdit(file, manifest.digest) // throws, before anything changed
      }
      const tookMs = await this.#replace(slug, withRoutes(table.table, edited), edited.changes)
      if (file && manifest) await writeManifestEdit(file, manifest.digest)
      const written = file && { file: file.file, diff: file.diff }
      return { routes: this.routes(slug), changes: edited.changes, tookMs, manifest: written }
    })
  }

  /**
   * Closes or opens all egress of one bottle, or of all that are up, side by side. Never rejects for one of them.
   * @param slug null for all
   */
  freeze(slug: BottleSlug | null, frozen: boolean): Promise<FreezeResult[]> {
    const slugs = slug === null ? [...this.#tables.keys()] : [slug]
    return Promise.all(
      slugs.map((each) =>
        this.#locks.run(each, async () => {
          try {
            const change = frozen ? 'All egress closed' : 'Egress opened'
            const file = { ...this.#of(each).table, frozen }
            return { slug: each, frozen, tookMs: await this.#replace(each, file, [change]), problem: null }
          } catch (error) {
            const now = this.isFrozen(each)
            return { slug: each, frozen: now, tookMs: null, problem: messageOf(error) }
          }
        }),
      ),
    )
  }

  /** Closes all egress because of what was seen. Only the operator opens it again. */
  async close(slug: BottleSlug, why: string): Promise<void> {
    await this.#locks.run(slug, async () => {
      const table = this.#tables.get(slug)
      if (table && !table.table.frozen)
        await this.#replace(slug, { ...table.table, frozen: true }, [`All egress closed: ${why}`])
    })
  }

  /** What came into force without anybody here having asked for it just now. */
  tell(slug: BottleSlug, changes: readonly string[]): void {
    const {
      digest,
      status,
      table: { frozen },
    } = this.#of(slug)
    const inForce = status.kind === 'in-force'
    this.parts.events.append(slug, { type: 'routes', digest, inForce, frozen, changes })
  }

  /** @throws WrongStateError */
  #of(slug: BottleSlug): LiveTable {
    const table = this.#tables.get(slug)
    if (table) return table
    const { state } = this.parts.registry.get(slug)
    throw new WrongStateError(`The routes of ${slug} can be seen and changed while it is up, and it is ${state}.`)
  }

  /** @throws ManifestError */
  #edited(slug: BottleSlug, edit: RoutesEdit): EditedRoutes {
    const before = this.#of(slug).table.routes as RoutesView['routes']
    const edited = editRoutes(before, edit, slotsOf(this.parts.registry.get(slug).plan))
    if ('problems' in edited) throw new ManifestError(edited.problems)
    return edited
  }

  async #replace(slug: BottleSlug, file: TableFile, changes: readonly string[]): Promise<number | null> {
    const table = this.#of(slug)
    const before = table.digest
    const tookMs = await table.replace(file)
    if (table.digest !== before) {
      this.tell(slug, changes)
      this.parts.onChange(slug, file)
    }
    return tookMs
  }
}

/** Credentials that a written route may name: those of the host's variables. A forwarded login is its provider's own. */
const slotsOf = ({ egress }: BottlePlan): string[] =>
  egress.slots.flatMap(({ slot, source }) => (source.kind === 'host-env' ? [slot] : []))

const withRoutes = (file: TableFile, { routes }: EditedRoutes): TableFile => ({
  ...file,
  routes: routes.map(tableRoute),
})
