import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Share } from '../../prisma/generated/client.ts'
import type { BottleSlug, ShareId } from '../contract/ids.ts'
import type { ShareCreated, ShareView } from '../contract/views.ts'
import type { Database } from '../db.ts'
import { BadInputError, BottleNotFoundError, ShareNotFoundError } from '../errors.ts'
import { until } from './until.ts'

export const DEFAULT_HOURS = 7 * 24
export const MOST_HOURS = 90 * 24
const HOUR_MS = 3_600_000
/** 256 bits: nobody finds a token by trying, so looking its hash up in an index gives nothing away. */
const TOKEN_BYTES = 32

export interface ShareRequest {
  slug: BottleSlug
  kind: 'log' | 'terminal'
  /** Lines that are shown, from 1, both ends included; null is open. For logs only. */
  fromLine?: number | null
  toLine?: number | null
  /** 7 days unless told, 90 days at most. */
  expiresInHours?: number
}

/** Read-only links to a log or a recording, for whoever holds the link, until they end or are revoked. */
export class Shares {
  readonly #revocations = new Map<string, Set<AbortController>>()

  constructor(
    private readonly db: Database,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * @returns with the path that holds the token; only its SHA-256 is stored, so it cannot be shown again
   * @throws BadInputError, BottleNotFoundError
   */
  async create(request: ShareRequest): Promise<ShareCreated> {
    const { slug, kind, fromLine = null, toLine = null, expiresInHours = DEFAULT_HOURS } = request
    if (!(expiresInHours > 0 && expiresInHours <= MOST_HOURS)) {
      throw new BadInputError(
        'A share ends after 90 days at the latest. Choose an end between an hour and 90 days from now.',
      )
    }
    checkRange(kind, fromLine, toLine)
    if ((await this.db.bottle.count({ where: { slug } })) === 0) throw new BottleNotFoundError(slug)
    const token = randomBytes(TOKEN_BYTES).toString('base64url')
    const createdAt = this.now()
    const row = await this.db.share.create({
      data: {
        id: randomUUID(),
        tokenHash: hashOf(token),
        slug,
        kind,
        fromLine,
        toLine,
        createdAt: BigInt(createdAt),
        expiresAt: BigInt(createdAt + Math.round(expiresInHours * HOUR_MS)),
      },
    })
    return { ...this.#view(row), path: `/share/${token}` }
  }

  /** Newest first, with those that ended. */
  async list(slug?: BottleSlug): Promise<ShareView[]> {
    const rows = await this.db.share.findMany({ ...(slug && { where: { slug } }), orderBy: { createdAt: 'desc' } })
    return rows.map((row) => this.#view(row))
  }

  /** Ends a share at once, with the streams that read it. Doing so twice is no error. @throws ShareNotFoundError */
  async revoke(id: ShareId): Promise<ShareView> {
    await this.db.share.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: BigInt(this.now()) } })
    for (const stream of this.#revocations.get(id) ?? []) stream.abort()
    const row = await this.db.share.findUnique({ where: { id } })
    if (!row) throw new ShareNotFoundError()
    return this.#view(row)
  }

  /** The share of a token, as long as it may be read; every read asks again. Unknown, ended and revoked look alike. */
  async open(token: string): Promise<ShareView | null> {
    const row = await this.db.share.findUnique({ where: { tokenHash: hashOf(token) } })
    const share = row && this.#view(row)
    return share?.state === 'active' ? share : null
  }

  /** A signal for a stream of the share: aborted when it ends, is revoked, or `gone` aborts. Call `done` at the end. */
  lease(share: ShareView, gone: AbortSignal): { signal: AbortSignal; done(): void } {
    const revoked = new AbortController()
    const streams = this.#revocations.get(share.id) ?? new Set()
    this.#revocations.set(share.id, streams.add(revoked))
    const end = until(share.expiresAt - this.now())
    return {
      signal: AbortSignal.any([revoked.signal, end.signal, gone]),
      done: () => {
        end.cancel()
        streams.delete(revoked)
        if (streams.size === 0) this.#revocations.delete(share.id)
      },
    }
  }

  /** Whether a share that can still be read shows this bottle's terminal. */
  async hasTerminal(slug: BottleSlug): Promise<boolean> {
    const where = { slug, kind: 'terminal', revokedAt: null, expiresAt: { gt: BigInt(this.now()) } }
    return (await this.db.share.count({ where })) > 0
  }

  #view(row: Share): ShareView {
    const expiresAt = Number(row.expiresAt)
    return {
      id: row.id as ShareId,
      slug: row.slug as BottleSlug,
      kind: row.kind as ShareView['kind'],
      fromLine: row.fromLine,
      toLine: row.toLine,
      createdAt: Number(row.createdAt),
      expiresAt,
      revokedAt: row.revokedAt === null ? null : Number(row.revokedAt),
      state: row.revokedAt !== null ? 'revoked' : expiresAt <= this.now() ? 'expired' : 'active',
    }
  }
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

function checkRange(kind: 'log' | 'terminal', from: number | null, to: number | null): void {
  if (kind === 'terminal' && (from !== null || to !== null)) {
    throw new BadInputError('Lines can be chosen for a log only. Share the log, or leave the lines out.')
  }
  const isLine = (line: number | null) => line === null || (Number.isInteger(line) && line >= 1 && line <= 2 ** 31 - 1)
  if (!isLine(from) || !isLine(to) || (from !== null && to !== null && from > to)) {
    throw new BadInputError('The lines of a share are whole numbers from 1, the first not after the last.')
  }
}
