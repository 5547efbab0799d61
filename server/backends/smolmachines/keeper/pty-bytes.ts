import type { IPty } from '@lydell/node-pty'

// node-pty's types know text only; told `encoding: null` it gives buffers, and it takes them always.

export const onBytes = (pty: IPty, listener: (bytes: Buffer) => void) =>
  pty.onData((data) => listener(Buffer.from(data as unknown as Buffer)))

export const writeBytes = (pty: IPty, bytes: Uint8Array): void => pty.write(Buffer.from(bytes) as unknown as string)
