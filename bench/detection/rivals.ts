import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { lintSource } from '@secretlint/core'
import { creator } from '@secretlint/secretlint-rule-preset-recommend'

/** Looks into texts. @returns for each whether anything was found, and the milliseconds of all */
export type Scanner = (texts: readonly Buffer[]) => Promise<{ hits: number[]; ms: number }>

const SECRETLINT = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] }

export const secretlint: Scanner = async (texts) => {
  const startedAt = performance.now()
  const hits: number[] = []
  for (const text of texts) {
    const source = { filePath: '/tmp/a.txt', content: text.toString(), ext: '.txt', contentType: 'text' as const }
    const { messages } = await lintSource({ source, options: { config: SECRETLINT } })
    hits.push(messages.length)
  }
  return { hits, ms: performance.now() - startedAt }
}

/** The program `gitleaks`: of `BOT_BOTTLE_GITLEAKS`, or of the path; null where there is none. */
export function gitleaksProgram(): string | null {
  const program = process.env.BOT_BOTTLE_GITLEAKS ?? 'gitleaks'
  try {
    execFileSync(program, ['version'], { stdio: 'ignore' })
    return program
  } catch {
    return null
  }
}

/** @param depth how many encodings it undoes; 0 is what it does when not told */
export const gitleaks =
  (program: string, depth: number): Scanner =>
  async (texts) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'bot-bottle-detection-'))
    try {
      // Its names of files to pass over, such as node_modules, must not apply.
      for (const [i, text] of texts.entries()) writeFileSync(path.join(folder, `${i}.txt`), text)
      const report = path.join(folder, 'report.json')
      const flags = ['--no-banner', '--exit-code', '0', '-f', 'json', '-r', report, '--max-decode-depth', String(depth)]
      const startedAt = performance.now()
      execFileSync(program, ['dir', folder, ...flags], { stdio: 'ignore' })
      const ms = performance.now() - startedAt
      const hits = texts.map(() => 0)
      for (const { File } of JSON.parse(readFileSync(report, 'utf8')) as { File: string }[])
        hits[Number.parseInt(path.basename(File), 10)]!++
      return { hits, ms }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
