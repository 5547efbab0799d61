import { isDeepStrictEqual } from 'node:util'
import { type Document, isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml'
import { hostName } from '../schema/host.ts'
import { compact } from './route-list.ts'

/** Changes to `egress.routes` of one file, by host. */
export interface RouteListEdit {
  /** As a bottle file writes them. A route to the same host is brought in line with it; others stay. */
  put: readonly { host: string }[]
  remove: readonly string[]
}

/** A file that only a person can change, because it is written in an unusual way. */
export class CannotEditError extends Error {}

/**
 * Changes the routes in the text of a bottle file. What is not under the key `egress` stays as it is, byte for byte, and
 * so do comments.
 *
 * @throws CannotEditError when the text cannot be changed without changing more
 */
export function editBottle(text: string, edit: RouteListEdit): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const lines = text.split(/\r\n|\n/)
  const opening = lines.findIndex((line) => line.replace(/^\uFEFF/, '').trim() !== '')
  const closing = lines.findIndex((line, at) => at > opening && line.trimEnd() === '---')
  const hasFrontmatter = opening >= 0 && lines[opening]!.replace(/^\uFEFF/, '').trimEnd() === '---' && closing > 0
  const head = hasFrontmatter ? lines.slice(0, opening + 1) : ['---']
  const yaml = hasFrontmatter ? lines.slice(opening + 1, closing).join('\n') : ''
  const tail = hasFrontmatter ? lines.slice(closing) : ['---', '', ...lines]
  return [...head, ...linesOf(editYaml(yaml, edit)), ...tail].join(eol)
}

const linesOf = (yaml: string): string[] => {
  const lines = yaml.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function editYaml(yaml: string, edit: RouteListEdit): string {
  const document = parsed(yaml)
  if (document.contents === null) document.contents = document.createNode({}) as never
  const before = document.toJS() as Record<string, unknown>
  change(document, edit)
  if (isDeepStrictEqual(document.toJS(), before)) return yaml

  const rendered = document.toString({ lineWidth: 0, ...styleOf(yaml) })
  const from = egressRange(parsed(yaml), yaml)
  const to = egressRange(parsed(rendered), rendered)
  const piece = to ? rendered.slice(to.start, to.end).replace(/\n*$/, '\n') : ''
  const head = from ? yaml.slice(0, from.start) : yaml && !yaml.endsWith('\n') ? `${yaml}\n` : yaml
  const edited = `${head}${piece}${from ? yaml.slice(from.end) : ''}`

  // Proof: what was read back is what was meant, and everything else is as it was.
  if (!isDeepStrictEqual(parsed(edited).toJS(), document.toJS()))
    throw new CannotEditError('its frontmatter is written in a way that cannot be changed in place')
  return edited
}

function parsed(yaml: string): Document.Parsed {
  const document = parseDocument(yaml, { schema: 'core', uniqueKeys: true, stringKeys: true, prettyErrors: false })
  if (document.errors.length > 0) throw new CannotEditError('its YAML cannot be read')
  return document
}

function change(document: Document, { put, remove }: RouteListEdit): void {
  const routes = routesOf(document, put.length > 0)
  if (!routes) return
  const indexOf = (host: string) =>
    routes.items.findIndex((item) => isMap(item) && canonical(item.get('host')) === host)
  for (const host of remove) {
    const index = indexOf(host)
    if (index >= 0) routes.delete(index)
  }
  for (const route of put) {
    const index = indexOf(route.host)
    if (index >= 0)
      bring(document, routes.items[index] as YAMLMap, {
        ...route,
        host: String((routes.items[index] as YAMLMap).get('host')),
      })
    else routes.add(made(document, route))
  }
}

function routesOf(document: Document, make: boolean): YAMLSeq | null {
  let egress = document.get('egress', true)
  if (!isMap(egress)) {
    if (egress !== undefined && egress !== null && !(isScalar(egress) && egress.value === null))
      throw new CannotEditError('its `egress` is not a plain map')
    if (!make) return null
    document.set('egress', document.createNode({}))
    egress = document.get('egress', true) as YAMLMap
  }
  const map = egress as YAMLMap
  const routes = map.get('routes', true)
  if (isSeq(routes)) return routes
  if (routes !== undefined && routes !== null && !(isScalar(routes) && routes.value === null))
    throw new CannotEditError('its `egress.routes` is not a plain list')
  if (!make) return null
  if (map.items.length === 0) map.flow = false
  map.set('routes', document.createNode([]))
  return map.get('routes', true) as unknown as YAMLSeq
}

const canonical = (host: unknown): string | null => {
  const read = typeof host === 'string' ? hostName(host) : null
  return read && 'host' in read ? read.host : null
}

/** Brings a node in line with a value, touching only what differs, so that comments and style of the rest stay. */
function bring(document: Document, node: unknown, value: unknown): boolean {
  if (isMap(node) && isObject(value)) {
    for (const { key } of [...node.items] as Pair[]) if (!(String(key) in value)) node.delete(key)
    for (const [key, each] of Object.entries(value)) {
      if (!bring(document, node.get(key, true), each)) node.set(key, made(document, each))
    }
    return true
  }
  if (isSeq(node) && Array.isArray(value)) {
    while (node.items.length > value.length) node.delete(node.items.length - 1)
    for (const [index, each] of value.entries()) {
      if (!bring(document, node.items[index], each)) node.set(index, made(document, each))
    }
    return true
  }
  if (isScalar(node) && !isObject(value) && !Array.isArray(value)) {
    if (node.value !== value) node.value = value
    return true
  }
  return false
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function made(document: Document, value: unknown) {
  const node = document.createNode(value)
  // The root is always on lines of its own, and so is a route.
  if (isMap(node) || isSeq(node)) compact(node)
  return node
}

/** From the key to the end of its value, comments that belong to it included. */
function egressRange(document: Document.Parsed, text: string): { start: number; end: number } | null {
  if (!isMap(document.contents)) return null
  const pair = document.contents.items.find(({ key }) => isScalar(key) && key.value === 'egress')
  const key = pair?.key as { range?: [number, number, number] } | undefined
  if (!pair || !key?.range) return null
  const value = pair.value as { range?: [number, number, number] } | null
  return { start: key.range[0], end: value?.range?.[2] ?? lineEnd(text, key.range[2]) }
}

const lineEnd = (text: string, from: number): number => {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end + 1
}

/** How this person writes YAML. */
const styleOf = (yaml: string) => ({
  indent: /^( +)\S/m.exec(yaml)?.[1]?.length === 4 ? 4 : 2,
  indentSeq: !/^( *)[^\s#][^\n]*:[ \t]*\n\1- /m.test(yaml),
  flowCollectionPadding: /[{[] \S/.test(yaml),
})
