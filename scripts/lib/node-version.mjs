import { readFileSync } from 'node:fs'
import { inRoot } from './places.mjs'

/** @throws when this Node is older than package.json asks for */
export function checkNode() {
  const needed = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')).engines.node.replace(/[^\d.]/g, '')
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [neededMajor = 0, neededMinor = 0] = needed.split('.').map(Number)
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return
  throw new Error(`Node ${needed} or newer is needed; this is ${process.versions.node}. See https://nodejs.org/`)
}
