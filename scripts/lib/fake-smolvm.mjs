import { existsSync } from 'node:fs'
import { inRoot } from './places.mjs'

const entry = 'server/testing/fake-smolvm/main.ts'
const outfile = inRoot('dist/fake-smolvm/smolvm.mjs')

export const isFakeSmolvmBundled = () => existsSync(outfile)

/** Makes `dist/fake-smolvm/smolvm.mjs`: each command of the double is a process, and must not wait for a compiler. */
export async function buildFakeSmolvm(to = outfile) {
  const { build } = await import('esbuild')
  await build({
    entryPoints: [inRoot(entry)],
    outfile: to,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Has a part that is no JavaScript; found from dist/ in node_modules.
    external: ['@libsql/client'],
    legalComments: 'none',
    logLevel: 'warning',
  })
  return to
}
