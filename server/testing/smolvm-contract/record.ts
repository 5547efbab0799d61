/**
 * Records what smolvm really says: `node --import tsx server/testing/smolvm-contract/record.ts [program] [image]`.
 *
 * Anyone with a real smolvm can run it; it makes one machine called “contract” in a home of its own and removes it again.
 * Writes `contract/<version>.json` beside this file, marked “recorded <version> <date>”. Where the double says something
 * else, `recordings.smolvm.test.ts` shows the difference. `--derive` writes both files anew from the double, marked “derived”.
 */
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { buildFakeSmolvm } from '../../../scripts/lib/fake-smolvm.mjs'
import { localRegistry } from './local-registry.ts'
import { type Recording, record } from './script.ts'
import { Smolvm } from './smolvm.ts'
import { targets } from './targets.ts'
import { imageFolder, tinyImage } from './tiny-image.ts'

const FOLDER = path.join(import.meta.dirname, 'contract')

async function save(recording: Recording): Promise<void> {
  await mkdir(FOLDER, { recursive: true })
  const file = path.join(FOLDER, `${recording.version}.json`)
  await writeFile(file, `${JSON.stringify(recording, null, 2)}\n`)
  console.info(`${file}: ${recording.source}, ${recording.cases.length} commands`)
}

async function derive(): Promise<void> {
  await buildFakeSmolvm()
  await using folder = await imageFolder()
  const archive = await tinyImage(folder.path)
  await using registry = await localRegistry(folder.path)
  const reference = await registry.push(archive, 'tiny:1')
  for (const target of (await targets()).filter(({ double }) => double)) {
    if (target.skipped) throw new Error(target.skipped)
    await using smolvm = await target.make()
    await save(await record(smolvm, target.version === '0.8.0' ? reference : archive, 'derived'))
  }
}

async function recordReal(program: string, image: string | undefined): Promise<void> {
  const version = /^smolvm (\S+)/.exec(execFileSync(program, ['--version']).toString())?.[1]
  if (!version) throw new Error(`${program} does not say its version as smolvm does.`)
  await using folder = await imageFolder()
  await using smolvm = await Smolvm.at(program, version)
  const today = new Date().toISOString().slice(0, 10)
  await save(await record(smolvm, image ?? (await tinyImage(folder.path)), `recorded ${version} ${today}`))
}

const [program = 'smolvm', image] = process.argv.slice(2)
await (program === '--derive' ? derive() : recordReal(program, image))
