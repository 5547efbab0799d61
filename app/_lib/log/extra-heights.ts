import { PAGE_LINES } from './log-store'

/** How much higher than one row the wrapped lines are that were drawn so far, in pixels; others count as one row. */
export class ExtraHeights {
  readonly #pages = new Map<number, { sum: number; lines: Map<number, number> }>()

  of(n: number): number {
    return this.#pages.get(pageOf(n))?.lines.get(n) ?? 0
  }

  /** @returns by how much the line grew, negative if it shrank */
  set(n: number, extra: number): number {
    const before = this.of(n)
    if (before === extra) return 0
    let page = this.#pages.get(pageOf(n))
    if (!page) {
      page = { sum: 0, lines: new Map() }
      this.#pages.set(pageOf(n), page)
    }
    if (extra === 0) page.lines.delete(n)
    else page.lines.set(n, extra)
    page.sum += extra - before
    return extra - before
  }

  /** Sum over the lines between two, both included. */
  between(from: number, to: number): number {
    if (to < from) return 0
    let sum = 0
    for (const [index, page] of this.#pages) {
      const first = index * PAGE_LINES + 1
      const last = first + PAGE_LINES - 1
      if (last < from || first > to) continue
      if (first >= from && last <= to) sum += page.sum
      else for (const [n, extra] of page.lines) if (n >= from && n <= to) sum += extra
    }
    return sum
  }

  clear(): void {
    this.#pages.clear()
  }
}

const pageOf = (n: number): number => Math.floor((n - 1) / PAGE_LINES)
