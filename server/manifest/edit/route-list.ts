import { Document, isMap, isScalar, isSeq, visit } from 'yaml'
import type { FileProblem, Route } from '../../contract/manifest.ts'
import { toRoute } from '../parse/bottle-file.ts'
import { problemsOf } from '../parse/problems.ts'
import { readYaml } from '../parse/yaml.ts'
import { routesSchema } from '../schema/bottle.ts'

/** Shown as the file of a problem in a list that is edited on the page. */
const SHOWN = 'routes'
/** Longer ones are spread over lines. */
const FLOW_LENGTH = 80

export type RouteList =
  | { routes: readonly Route[]; lineOf: (path: readonly (string | number)[]) => number }
  | { problems: readonly FileProblem[] }

/** Reads what stands under `egress.routes` of a bottle file, by the same rules; a text without anything is no route. */
export function readRouteList(text: string): RouteList {
  const { data, lineOf, errors } = readYaml(text, 1)
  if (errors.length > 0)
    return { problems: errors.map((error) => ({ file: SHOWN, path: '', severity: 'error', ...error })) }
  const list = isEmpty(data) ? [] : data
  const parsed = routesSchema.safeParse(list)
  if (parsed.success) return { routes: parsed.data.map(toRoute), lineOf }
  return {
    problems: problemsOf(parsed.error.issues, {
      kind: 'bottle',
      file: SHOWN,
      schema: routesSchema,
      data: list,
      lineOf,
    }),
  }
}

const isEmpty = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && !Array.isArray(data) && Object.keys(data).length === 0

/** Writes routes as a person would: what is short stands on one line. */
export function writeRouteList(routes: readonly object[]): string {
  const document = new Document(routes)
  compact(document)
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

/** Lists and maps of plain values become `[GET, POST]` and `{type: exact, value: /}`. */
export function compact(root: Parameters<typeof visit>[0]): void {
  visit(root, {
    Collection: (key, node) => {
      const values = isMap(node) ? node.items.map((pair) => pair.value) : isSeq(node) ? node.items : []
      const plain = values.length > 0 && values.every((value) => isScalar(value))
      // A route itself stays on its own lines, however short.
      const isRoute = isMap(node) && node.has('host')
      if (plain && !isRoute && key !== null && JSON.stringify(node).length <= FLOW_LENGTH) node.flow = true
    },
  })
}
