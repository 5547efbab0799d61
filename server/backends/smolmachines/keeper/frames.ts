/**
 * What a keeper and a server say to each other over a local socket: frames of a kind (1 byte), a length (u32, big
 * endian) and a payload. Terminal bytes stay bytes; everything else is JSON.
 */
export const FRAME = {
  /** keeper → server: bytes of the terminal. server → keeper: what is typed. */
  bytes: 1,
  /** server → keeper: `{cols, rows}` */
  resize: 2,
  /** keeper → server, once: `{code}`; the agent has ended. */
  exit: 3,
  /** server → keeper, first: `{want: 'terminal' | 'history' | 'state' | 'end', since?}` */
  hello: 4,
  /** keeper → server, first: `{pid, running, code}` */
  state: 5,
} as const

export interface Frame {
  kind: number
  payload: Buffer
}

const HEAD = 5
/** Larger frames are cut by the sender and refused by the receiver. */
export const MOST = 2 ** 20

export function frame(kind: number, payload: Uint8Array | object): Buffer {
  const body = payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload))
  const head = Buffer.allocUnsafe(HEAD)
  head.writeUInt8(kind, 0)
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([head, body])
}

/** Puts frames together from chunks that end anywhere. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)

  /** @throws Error on a frame that nobody of ours sends */
  read(chunk: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const frames: Frame[] = []
    while (this.#rest.length >= HEAD) {
      const length = this.#rest.readUInt32BE(1)
      if (length > MOST) throw new Error(`A frame of ${length} bytes is none of ours.`)
      if (this.#rest.length < HEAD + length) break
      frames.push({ kind: this.#rest[0]!, payload: this.#rest.subarray(HEAD, HEAD + length) })
      this.#rest = this.#rest.subarray(HEAD + length)
    }
    return frames
  }
}

export const json = <T>({ payload }: Frame): T => JSON.parse(payload.toString()) as T
