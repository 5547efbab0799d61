import { Readable } from 'node:stream'
import type { Pack } from 'tar-stream'

/** tar-stream's pack is a stream of another library (streamx): the engine's client wants Node's. */
export const readable = (tar: Pack): Readable => Readable.from(tar)
