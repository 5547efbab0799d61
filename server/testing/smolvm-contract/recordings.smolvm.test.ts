import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { onEveryTarget } from './on-every-target.ts'
import { type Recording, record } from './script.ts'

onEveryTarget('the recording', (bench) => {
  test('is what this version says now, command by command', async ({ skip }) => {
    const file = path.join(import.meta.dirname, 'contract', `${bench.target.version}.json`)
    if (!existsSync(file)) skip(`there is no recording of ${bench.target.version}; make one with record.ts`)
    const recording = JSON.parse(await readFile(file, 'utf8')) as Recording
    const now = await record(bench.smolvm, bench.image[1]!, recording.source)
    for (const [n, { argv, code, stdout }] of recording.cases.entries()) {
      const said = now.cases[n]!
      expect({ argv: said.argv, code: said.code }, argv.join(' ')).toEqual({ argv, code })
      // Texts of a recording hold where a program reads them: what goes to standard output.
      expect(said.stdout, argv.join(' ')).toBe(stdout)
    }
  })
})
