import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { inRoot } from './places.mjs'

const entry = 'server/testing/fake-smolvm/main.ts'
const outfile = inRoot('dist/fake-smolvm/smolvm.mjs')

export const isFakeSmolvmBundled = () => existsSync(outfile)

/**
 * Makes `dist/fake-smolvm/smolvm.mjs`: each command of the double is a process, and must not wait for a compiler.
 * Replaced at once, and only when it would be another: a command may be loading it.
 */
export async function buildFakeSmolvm(to = outfile) {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [inRoot(entry)],
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Has a part that is no JavaScript; found from dist/ in node_modules.
    external: ['@libsql/client'],
    legalComments: 'none',
    logLevel: 'warning',
  })
  const text = outputFiles[0]?.text ?? ''
  if (existsSync(to) && readFileSync(to, 'utf8') === text) return to
  mkdirSync(path.dirname(to), { recursive: true })
  const beside = `${to}.${process.pid}`
  writeFileSync(beside, text)
  renameSync(beside, to)
  return to
}
