const HEADER = 12 // bytes
const ADDRESS_OF_NAME = Buffer.from([0, 1, 0, 1]) // type A, class IN
const RECURSION_DESIRED = 0x0100

/** What matters of an answer. */
export interface DnsAnswer {
  id: number
  /** 0: no error; 3: there is no such name. */
  code: number
  /** Records that were given. */
  count: number
}

/** A question for a name's IPv4 address. @see RFC 1035 section 4.1 */
export function question(id: number, name: string): Buffer {
  const header = Buffer.alloc(HEADER)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(RECURSION_DESIRED, 2)
  header.writeUInt16BE(1, 4)
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  return Buffer.concat([header, ...labels, Buffer.from([0]), ADDRESS_OF_NAME])
}

/** As messages are put on a connection: each after its length. @see RFC 1035 section 4.2.2 */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}

/** Answers that are whole in what a connection brought so far. */
export function answersIn(received: Buffer): DnsAnswer[] {
  const answers: DnsAnswer[] = []
  for (let at = 0; at + 2 <= received.length; ) {
    const end = at + 2 + received.readUInt16BE(at)
    if (end > received.length) break
    const message = received.subarray(at + 2, end)
    if (message.length >= HEADER) {
      answers.push({ id: message.readUInt16BE(0), code: message[3]! & 0x0f, count: message.readUInt16BE(6) })
    }
    at = end
  }
  return answers
}
