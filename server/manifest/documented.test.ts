import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { ManifestName } from '../contract/ids.ts'
import { manifest } from '../testing/temp-home.ts'
import { parseAgent } from './parse/agent-file.ts'
import { parseBottle } from './parse/bottle-file.ts'
import { agentSchema } from './schema/agent.ts'
import { bottleSchema } from './schema/bottle.ts'

const text = await readFile(new URL('../../docs/manifest.md', import.meta.url), 'utf8')
const example = (kind: string) => new RegExp(`\`\`\`yaml ${kind}\n([\\s\\S]*?)\`\`\``).exec(text)![1]!
const name = 'dev' as ManifestName

test('the bottle of docs/manifest.md is a bottle, and shows every key there is', () => {
  const yaml = example('bottle')
  expect(parseBottle(name, 'bottles/dev.md', manifest(yaml))).toMatchObject({ bottle: { warnings: [] } })
  for (const key of Object.keys(bottleSchema.shape)) expect(yaml).toContain(`${key}:`)
})

test('the agent of docs/manifest.md is an agent, and every key is named', () => {
  const read = parseAgent({ name, file: 'agents/dev.md', source: 'home' }, manifest(example('agent')))
  expect(read).toMatchObject({ agent: { bottle: 'dev' } })
  for (const key of Object.keys(agentSchema.shape)) expect(text).toMatch(new RegExp(`\`${key}\`|^${key}:`, 'm'))
})
