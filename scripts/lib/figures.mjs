import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { inRoot, root } from './places.mjs'

/**
 * What a bench reports, one line of its output each (bench/lib/report.ts writes them).
 * @typedef {{ figure: string, unit: string, ours: number, rival?: number, rivalName?: string, aim?: string, met?: boolean, tries: number }} Figure
 */
const mark = '@figure '

/**
 * Runs one file of bench/ in a process of its own and collects its figures; what else it prints is passed on.
 *
 * @returns {Promise<{ code: number, figures: Figure[] }>}
 */
export function runBench(/** @type {string} */ file) {
  return new Promise((resolve) => {
    /** @type {Figure[]} */
    const figures = []
    const child = spawn(process.execPath, ['--import', 'tsx', inRoot('bench', file)], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith(mark)) figures.push(JSON.parse(line.slice(mark.length)))
      else console.log(line)
    })
    child.on('close', (code) => resolve({ code: code ?? 1, figures }))
  })
}

/** The figures in columns, for a terminal and for a change's description alike (Markdown). */
export function figuresTable(/** @type {readonly Figure[]} */ figures) {
  const rows = figures.map((f) => [
    f.figure,
    `${short(f.ours)} ${f.unit}`,
    f.rival === undefined ? '–' : `${short(f.rival)} ${f.unit} (${f.rivalName})`,
    f.rival ? `${short(f.ours / f.rival)}×` : '–',
    f.aim ? `${f.aim}${f.met === undefined ? '' : f.met ? ' ✓' : ' ✗'}` : '–',
    String(f.tries),
  ])
  const table = [['figure', 'ours', 'rival', 'ours ÷ rival', 'aim', 'tries'], ...rows]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
  const line = (/** @type {string[]} */ row) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = table
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join('\n')
}

const short = (/** @type {number} */ n) =>
  n >= 100 ? Math.round(n).toLocaleString('en') : Number(n.toPrecision(3)).toString()
