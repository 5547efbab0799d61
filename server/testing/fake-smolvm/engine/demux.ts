const HEADER = 8

/**
 * Takes apart what the engine sends of a program without a terminal: frames of one byte stream number, three of
 * nothing, four of length, then the content.
 *
 * @see https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */
export function demux(to: { stdout(chunk: Buffer): void; stderr(chunk: Buffer): void }): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= HEADER) {
      const length = rest.readUInt32BE(4)
      if (rest.length < HEADER + length) return
      const content = rest.subarray(HEADER, HEADER + length)
      if (rest[0] === 2) to.stderr(content)
      else to.stdout(content)
      rest = rest.subarray(HEADER + length)
    }
  }
}
