/** A server that takes addresses and lives on: `tsx lease-aliases.ts <folder> <home below it> <count>`. */
import path from 'node:path'
import type { BottleSlug } from '../../../contract/ids.ts'
import { leaseAlias } from '../loopback.ts'

const [folder = '', name = '', count = ''] = process.argv.slice(2)

async function main(): Promise<void> {
  const home = path.join(folder, name)
  const slugs = Array.from({ length: Number(count) }, (_, n) => `${name}-${n}` as BottleSlug)
  // All at once, as launches are.
  const taken = slugs.map((slug) => leaseAlias('loopback-alias', { home, slug, cache: folder }))
  process.stdout.write(`${JSON.stringify(await Promise.all(taken))}\n`)
  setInterval(() => {}, 60_000)
}

void main()
