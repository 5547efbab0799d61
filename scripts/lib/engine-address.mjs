import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import { homedir } from 'node:os'
import path from 'node:path'

export const defaultSocket = '/var/run/docker.sock'

/**
 * Where Docker's own client would look for the engine: `DOCKER_HOST`, else the current context, else the default socket.
 * The server asks the same way (server/backends/docker/endpoint.ts), but cannot be imported before anything is installed.
 *
 * @see https://docs.docker.com/engine/manage-resources/contexts/ (a context's folder is the SHA-256 of its name)
 * @returns an address such as `unix:///var/run/docker.sock`
 */
export function engineAddress() {
  if (process.env.DOCKER_HOST) return process.env.DOCKER_HOST
  const folder = process.env.DOCKER_CONFIG || path.join(homedir(), '.docker')
  const name = process.env.DOCKER_CONTEXT || readJson(path.join(folder, 'config.json'))?.currentContext
  if (name && name !== 'default') {
    const id = createHash('sha256').update(name).digest('hex')
    const host = readJson(path.join(folder, 'contexts/meta', id, 'meta.json'))?.Endpoints?.docker?.Host
    if (host) return host
  }
  return `unix://${defaultSocket}`
}

/**
 * Asks the engine whether it is there.
 *
 * @returns {Promise<string | null>} null when it answers, else the reason in a word of the system (`ENOENT`, `EACCES` …)
 */
export function whyEngineIsSilent(address = engineAddress()) {
  if (address.startsWith('unix://')) return ping({ socketPath: address.slice('unix://'.length) })
  const { protocol, hostname, port } = new URL(address)
  if (protocol === 'ssh:') return Promise.resolve(null) // asked through the operator's ssh, by the server
  return connects(hostname, Number(port) || 2375)
}

/** @returns {Promise<string | null>} */
function ping(/** @type {http.RequestOptions} */ where) {
  return new Promise((resolve) => {
    const request = http.get({ ...where, path: '/_ping', timeout: 5000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200 ? null : `HTTP ${response.statusCode}`)
    })
    request.on('timeout', () => request.destroy(new Error('no answer in 5 s')))
    request.on('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code ?? error.message))
  })
}

/** @returns {Promise<string | null>} */
function connects(/** @type {string} */ host, /** @type {number} */ port) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 5000 }, () => {
      socket.destroy()
      resolve(null)
    })
    socket.on('timeout', () => socket.destroy(new Error('no answer in 5 s')))
    socket.on('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code ?? error.message))
  })
}

function readJson(/** @type {string} */ file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
