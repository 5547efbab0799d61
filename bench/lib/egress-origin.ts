/** The upstream of bench/egress.bench.ts: `tsx egress-origin.ts <file with certificate and key>`; prints its port. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

const { certificate, key } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const block = Buffer.alloc(1024 * 1024, 'The quick brown fox jumps over the lazy dog. ')

const server = createServer({ cert: certificate, key, keepAliveTimeout: 60_000 }, (request, response) => {
  const [, what, size] = request.url?.split('/') ?? []
  if (what === 'up') {
    request.resume().on('end', () => response.end('ok'))
    return
  }
  let left = what === 'down' ? Number(size) : 0
  response.writeHead(200, { 'content-length': left || 2 })
  if (left === 0) return void response.end('ok')
  const write = () => {
    while (left > 0) {
      const part = block.subarray(0, Math.min(left, block.length))
      left -= part.length
      if (!response.write(part)) return void response.once('drain', write)
    }
    response.end()
  }
  write()
})
server.listen(0, '0.0.0.0', () => console.log((server.address() as AddressInfo).port))
