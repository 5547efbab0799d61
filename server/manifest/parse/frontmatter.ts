import type { FileProblem } from '../../contract/manifest.ts'
import { type FieldPath, readYaml } from './yaml.ts'

/** A Markdown file taken apart: data above, text below. */
export interface Frontmatter {
  data: unknown
  /** Markdown below the frontmatter, without surrounding blank lines. */
  body: string
  /** 1-based line in the file of a key or list item; of its nearest ancestor where it is not there itself. */
  lineOf(path: FieldPath): number
  problems: readonly FileProblem[]
}

/**
 * Splits a Markdown file and reads its YAML frontmatter.
 *
 * @param file as shown in problems
 * @param text the whole file; a byte-order mark and CRLF are fine; without frontmatter, all of it is body
 */
export function readFrontmatter(file: string, text: string): Frontmatter {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  const opening = lines.findIndex((line) => line.trim() !== '')
  if (opening < 0 || lines[opening]!.trimEnd() !== '---') {
    return { data: {}, body: lines.join('\n').trim(), lineOf: () => 1, problems: [] }
  }
  const closing = lines.findIndex((line, at) => at > opening && line.trimEnd() === '---')
  if (closing < 0) {
    const line = opening + 1
    const message = 'The frontmatter that begins here has no end.'
    const fix = 'Close it with a line of three dashes.'
    return {
      data: {},
      body: '',
      lineOf: () => line,
      problems: [{ file, line, path: '', message, fix, severity: 'error' }],
    }
  }
  const { data, lineOf, errors } = readYaml(lines.slice(opening + 1, closing).join('\n'), opening + 2)
  const body = lines.slice(closing + 1).join('\n')
  return {
    data,
    body: body.trim(),
    lineOf,
    problems: errors.map((error) => ({ file, path: '', severity: 'error', ...error })),
  }
}
