// Runs inside a guest: `node --input-type=module -e <this> <acts as JSON>`. Does what a hostile program would: the acts
// of each list at once, one list after the other. Prints what came of each act, as a JSON list of strings.
import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

const QUIET_MS = 250
const LIMIT_MS = 4_000
const REACH_MS = 400
const LONG_MS = 300_000
const CHUNK = Buffer.alloc(256 * 1024, 'large ')
const proxy = new URL(process.env.HTTPS_PROXY ?? 'http://127.0.0.1:9')
const toProxy = () => connect({ host: proxy.hostname, port: Number(proxy.port) })

/** What is said until the other side closes, or was silent for a while after saying something. */
const hear = (socket, said = '') =>
  new Promise((resolve) => {
    let quiet
    const done = (why) => {
      clearTimeout(quiet)
      clearTimeout(limit)
      socket.destroy()
      resolve(said || why)
    }
    const limit = setTimeout(() => done('(silence)'), LIMIT_MS)
    socket.on('data', (chunk) => {
      said += chunk.toString('latin1')
      clearTimeout(quiet)
      quiet = setTimeout(done, QUIET_MS)
    })
    socket.once('close', () => done('(closed)'))
    socket.on('error', (error) => done(`(${error.code ?? error.message})`))
  })

/** The socket behind a CONNECT that was answered with 200, or the answer in words. */
const tunnel = (authority) =>
  new Promise((resolve) => {
    const socket = toProxy()
    let said = ''
    const read = (chunk) => {
      said += chunk.toString('latin1')
      if (!said.includes('\r\n\r\n')) return
      socket.off('data', read)
      resolve(said.startsWith('HTTP/1.1 200') ? socket : hear(socket, said))
    }
    socket.on('data', read).once('error', (error) => resolve(`(${error.code})`))
    socket.once('close', () => resolve(said || '(closed)'))
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`, 'latin1')
  })

const reach = (host, port) =>
  new Promise((resolve) => {
    const socket = connect({ host, port })
    const done = (how) => {
      clearTimeout(limit)
      socket.destroy()
      resolve(how)
    }
    const limit = setTimeout(() => done('ETIMEDOUT'), REACH_MS)
    socket.once('connect', () => done('REACHED')).once('error', (error) => done(error.code))
  })

/** TLS inside a tunnel, or the answer in words. */
const inTls = async (to) => {
  const socket = await tunnel(to)
  return typeof socket === 'string' ? socket : connectTls({ socket, servername: to.split(':')[0] })
}
/** All that is said until the other side closes, however long it takes. @param enough bytes after which to hang up */
const hearAll = (socket, enough = Number.POSITIVE_INFINITY) =>
  new Promise((resolve) => {
    let begun = ''
    let bytes = 0
    const done = () => {
      clearTimeout(limit)
      socket.destroy()
      resolve(`${begun || '(closed)'} (${bytes} bytes)`)
    }
    const limit = setTimeout(done, LONG_MS)
    socket.on('error', () => {}).once('close', done)
    socket.on('data', (chunk) => {
      bytes += chunk.length
      if (begun.length < 4096) begun += chunk.toString('latin1')
      if (bytes >= enough) done()
    })
  })

const acts = {
  /** Exactly these bytes to the proxy. */
  async proxy({ send }) {
    const socket = toProxy()
    socket.write(send, 'latin1')
    return hear(socket)
  },
  /** Exactly these bytes inside a tunnel, in TLS unless `plain`. */
  async tunnel({ to, send, servername = to.split(':')[0], plain = false }) {
    const socket = await tunnel(to)
    if (typeof socket === 'string') return socket
    const inner = plain ? socket : connectTls({ socket, servername })
    inner.write(send, 'latin1')
    return hear(inner)
  },
  tcp: ({ to }) => {
    const at = to.lastIndexOf(':')
    return reach(to.slice(0, at).replace(/^\[|\]$/g, ''), Number(to.slice(at + 1)))
  },
  udp: ({ to, text }) =>
    new Promise((resolve) => {
      const [host, port] = to.split(':')
      const socket = createSocket('udp4')
      socket.once('error', (error) => resolve(error.code))
      socket.once('message', () => resolve('REACHED'))
      socket.send(text, Number(port), host, (error) => error && resolve(error.code))
      setTimeout(() => resolve('silence'), REACH_MS)
    }),
  async name({ name, server }) {
    const resolver = new Resolver({ timeout: REACH_MS, tries: 1 })
    if (server) resolver.setServers([server])
    return resolver.resolve4(name).then(String, (error) => error.code)
  },
  /** A body of so many bytes, written as fast as it is taken, with `end` as its last ones. */
  async upload({ to, target, bytes, end = '' }) {
    const socket = await inTls(to)
    if (typeof socket === 'string') return socket
    const reply = hearAll(socket)
    socket.write(`POST ${target} HTTP/1.1\r\nHost: ${to}\r\nContent-Length: ${bytes}\r\nConnection: close\r\n\r\n`)
    let left = bytes - end.length
    for (; left > 0 && socket.writable; left -= CHUNK.length) {
      if (socket.write(CHUNK.subarray(0, Math.min(left, CHUNK.length)))) continue
      await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve))
    }
    if (end && socket.writable) socket.write(end)
    return reply
  },
  /** Hangs up after so many bytes of an answer. */
  async download({ to, target, bytes }) {
    const socket = await inTls(to)
    if (typeof socket === 'string') return socket
    socket.write(`GET ${target} HTTP/1.1\r\nHost: ${to}\r\nConnection: close\r\n\r\n`)
    return hearAll(socket, bytes)
  },
  /** Many tunnels that are opened and in which nothing is said. */
  async halfOpen({ to, count }) {
    const open = await Promise.all(Array.from({ length: count }, () => tunnel(to)))
    return `${open.filter((socket) => typeof socket !== 'string').length} open`
  },
}

const said = []
for (const together of JSON.parse(process.argv[1])) {
  said.push(...(await Promise.all(together.map((act) => acts[act.kind](act)))))
}
process.stdout.write(JSON.stringify(said), () => process.exit())
