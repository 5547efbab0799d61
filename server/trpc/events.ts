import { tracked } from '@trpc/server'
import { z } from 'zod'
import { bottleSlug, type EventSeq, eventSeq } from '../contract/ids.ts'
import { procedure, router } from './init.ts'

export const eventsRouter = router({
  /** All that one browser tab shows, on one stream; resumes after the last event that the tab has. */
  follow: procedure
    .input(
      z.strictObject({
        slug: bottleSlug.nullish(),
        /** Events up to this number are already there. */
        after: eventSeq.nullish(),
        /** Set by tRPC on a reconnect; it wins over `after`. */
        lastEventId: eventSeq.nullish(),
      }),
    )
    .subscription(async function* ({ ctx, input, signal }) {
      const after = input.lastEventId ?? input.after ?? (0 as EventSeq)
      for await (const { seq, message } of ctx.follow({ slug: input.slug ?? null, after }, signal!)) {
        yield tracked(String(seq), message)
      }
    }),
})
