import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'

/** Aliases a frontmatter may expand to; more is an alias bomb rather than a manifest. */
const MAX_ALIASES = 20

/** Longer or deeper is no manifest. The parser recurses, and very deep text has been seen to end the whole process. */
const MAX_LENGTH = 256 * 1024
const MAX_INDENT = 100
const MAX_BRACKETS = 50
/** The first mistakes are worth telling. */
const MAX_ERRORS = 20

export type FieldPath = readonly (string | number)[]

export interface Yaml {
  /** `{}` for an empty text, and when there are errors. */
  data: unknown
  /** 1-based line of a key or list item; of its nearest ancestor where it is not there itself. */
  lineOf(path: FieldPath): number
  errors: readonly { line: number; message: string; fix: string }[]
}

/**
 * Reads YAML 1.2 core as people write it in manifests: no tags, no merge keys, no duplicate keys, few aliases.
 *
 * @param firstLine line of the file in which the text begins
 */
export function readYaml(text: string, firstLine: number): Yaml {
  const unusual = tooMuch(text)
  if (unusual) {
    const line = unusual.line + firstLine - 1
    return { data: {}, lineOf: () => line, errors: [{ line, message: unusual.message, fix: unusual.fix }] }
  }
  const parsed = parse(text)
  const { document, counter } = parsed
  const lineOf = lineFinder(text, firstLine, new WeakRef(parsed))
  const mistakes = [...document.errors, ...document.warnings]
  if (mistakes.length > 0) {
    const lines = text.split('\n')
    const errors = mistakes.slice(0, MAX_ERRORS).map((error) => {
      const { line } = counter.linePos(error.pos[0])
      const message = `The YAML cannot be read: ${error.message.replace(/\.?$/, '.')}`
      return { line: line + firstLine - 1, message, fix: fixFor(error.code, lines[line - 1] ?? '') }
    })
    return { data: {}, lineOf, errors }
  }
  try {
    const data: unknown = document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {}
    JSON.stringify(data) // throws for an alias inside of what it stands for
    return { data, lineOf, errors: [] }
  } catch (error) {
    const undefinedAlias = error instanceof ReferenceError && /unresolved alias.*: (\S+)$/i.exec(error.message)
    const message = undefinedAlias
      ? `There is no anchor for the alias *${undefinedAlias[1]}.`
      : `The frontmatter expands to more than ${MAX_ALIASES} aliases, or to itself.`
    const fix = 'Write the values out instead of using anchors and aliases.'
    return { data: {}, lineOf, errors: [{ line: firstLine, message, fix }] }
  }
}

/** Looked for before parsing, because afterwards it may be too late. */
function tooMuch(text: string): { line: number; message: string; fix: string } | null {
  if (text.length > MAX_LENGTH) {
    const message = `The frontmatter has more than ${MAX_LENGTH / 1024} KiB.`
    return { line: 1, message, fix: 'Move texts below it, or split the bottle and use extends.' }
  }
  let open = 0
  for (const [index, line] of text.split('\n').entries()) {
    if (/(?:^|[\s{,'"?])__proto__['"]?\s*:/.test(line)) {
      return { line: index + 1, message: 'No key can be called __proto__.', fix: 'Remove it.' }
    }
    const deep = { line: index + 1, message: 'The YAML is nested too deeply here.', fix: 'Write it flatter.' }
    // Each `- ` and `? ` at the beginning of a line opens a level, as indentation does.
    if (/^[\s?-]*/.exec(line)![0].length > MAX_INDENT) return deep
    for (const char of line) {
      if (char === '[' || char === '{') open++
      else if ((char === ']' || char === '}') && open > 0) open--
      if (open > MAX_BRACKETS) return deep
    }
  }
  return null
}

interface Parsed {
  document: Document.Parsed
  counter: LineCounter
}

function parse(text: string): Parsed {
  const counter = new LineCounter()
  const document = parseDocument(text, {
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    stringKeys: true,
    resolveKnownTags: false,
    lineCounter: counter,
    prettyErrors: false,
  })
  return { document, counter }
}

/**
 * Lines are asked for only when something is wrong, and files are remembered (remember.ts): the syntax tree, many times
 * larger than its text, is let go and made again when it is needed after all.
 */
function lineFinder(text: string, firstLine: number, held: WeakRef<Parsed>): (path: FieldPath) => number {
  return (path) => {
    const { document, counter } = held.deref() ?? parse(text)
    return counter.linePos(offsetOf(document, path)).line + firstLine - 1
  }
}

function fixFor(code: string, line: string): string {
  const asked = /^\s*([\w-]+):\s*\?/.exec(line)
  if (asked) return `A value that begins with a question mark and a space or nothing needs quotes: ${asked[1]}: "?".`
  if (code === 'DUPLICATE_KEY') return 'Keep one of the two.'
  if (code === 'TAG_RESOLVE_FAILED') return 'Remove the tag: tags are not read, only plain values.'
  if (line.includes('\t')) return 'Indent with spaces; YAML does not allow tabs.'
  return 'Correct the YAML on this line; quote a value that holds one of : # { } [ ] , & * ? | > % @.'
}

/** Where in the YAML a value's key (or a list's item) begins. */
function offsetOf(document: Document.Parsed, path: FieldPath): number {
  let node: unknown = document.contents
  let offset = 0
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
      if (!pair) break
      if (isScalar(pair.key) && pair.key.range) offset = pair.key.range[0]
      node = pair.value
    } else if (isSeq(node)) {
      const item = node.items[Number(step)]
      if (item === undefined) break
      const range = (item as { range?: readonly number[] | null }).range
      if (range) offset = range[0] ?? offset
      node = item
    } else break
  }
  return offset
}
