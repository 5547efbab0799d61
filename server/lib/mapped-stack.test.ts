import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { mappedStack } from './mapped-stack.ts'

test('a stack of the bundle names the sources; without a map it stays as it was', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bot-bottle-map-'))
  const outfile = path.join(folder, 'dist', 'server.mjs')
  const main = path.join(folder, 'main.ts')
  const mapped = JSON.stringify(path.join(import.meta.dirname, 'mapped-stack.ts'))
  await writeFile(
    main,
    `import { mappedStack } from ${mapped}
interface OnlyTypes { that: string; takeNoLineInTheBundle: string }
function failing(): never { throw new Error('seen') }
try { failing() } catch (error) { console.log(mappedStack((error as Error).stack!)) }`,
  )
  await build({ entryPoints: [main], outfile, bundle: true, platform: 'node', format: 'esm', sourcemap: true })
  const said = () => execFileSync(process.execPath, [outfile], { encoding: 'utf8' })

  expect(said()).toMatch(/^Error: seen\n +at failing \(main\.ts:3:35\)\n +at main\.ts:4:\d+\n/)
  await rm(`${outfile}.map`)
  expect(said()).toMatch(/^Error: seen\n +at failing \(file:.*server\.mjs:\d+:\d+\)/)
  await rm(folder, { recursive: true })
})

test('a stack that does not touch the bundle is not looked at', () => {
  const stack = 'Error: elsewhere\n    at file:///somewhere/else.mjs:1:2'
  expect(mappedStack(stack)).toBe(stack)
})
