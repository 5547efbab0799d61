import { z } from 'zod'

/*
 * Apart from tty.ts, whose values a page imports: a page never parses its own frames, and zod, once it makes an object
 * schema, tries `new Function`, which the page's content policy refuses and reports.
 */

const cols = z.number().int().min(2).max(1000)
const rows = z.number().int().min(1).max(500)

/** From the page to us. */
export const ttyFromPage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('resize'), cols, rows }),
  z.object({ type: z.literal('ack'), bytes: z.number().int().nonnegative() }),
  /** Take over as the one writer. */
  z.object({ type: z.literal('claim') }),
  /** Send the screen afresh: the page left out what came while nobody looked at it. */
  z.object({ type: z.literal('sync') }),
  z.object({ type: z.literal('ping') }),
])
export type TtyFromPage = z.infer<typeof ttyFromPage>

/** Who opens a terminal, from the address of its socket; a program that says nothing is somebody new. */
export const ttyVisitor = z.object({
  /** Drawn by the page when it was loaded, so that it is known again when its connection comes back. */
  page: z
    .string()
    .regex(/^[a-z0-9]{12,40}$/)
    .nullable()
    .catch(null),
  /** It was there before, as a viewer. */
  watching: z
    .literal('1')
    .nullable()
    .catch(null)
    .transform((value) => value === '1'),
})
export type TtyVisitor = z.infer<typeof ttyVisitor>
