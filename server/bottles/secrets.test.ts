import { expect, test } from 'vitest'
import { samplePlan } from '../testing/sample-plan.ts'
import { launchSecrets, secretsAgain, valuesOf } from './secrets.ts'

const plan = samplePlan({
  env: [
    { name: 'NPM', origin: 'host', hostName: 'HOST_NPM', from: 'dev' },
    { name: 'KEY', origin: 'asked', message: '', from: 'dev' },
    { name: 'LANG', origin: 'literal', value: 'C.UTF-8', from: 'dev' },
  ],
  egress: { log: 1, resolve: {}, routes: [], slots: [{ slot: 'FORGE', source: { kind: 'host-env', name: 'FORGE' } }] },
})
const host = { hostEnv: { HOST_NPM: 'npm-value', FORGE: 'forge-value' } }

test('variables are the guest’s and tokens are egress’; neither is among the other', async () => {
  const gathered = await launchSecrets(plan, { KEY: 'typed-value' }, host)
  expect([...gathered.secrets]).toEqual([
    ['KEY', 'typed-value'],
    ['NPM', 'npm-value'],
  ])
  expect([...gathered.tokens]).toEqual([['FORGE', 'forge-value']])
})

test('everything secret is masked: what was typed, what is the host’s, and every token', async () => {
  const gathered = await launchSecrets(plan, { KEY: 'typed-value' }, host)
  expect(valuesOf(gathered).sort()).toEqual(['forge-value', 'npm-value', 'typed-value'])
})

test('a credential that is gone since the review ends the launch by name', async () => {
  await expect(launchSecrets(plan, { KEY: 'x' }, { hostEnv: { HOST_NPM: 'y' } })).rejects.toThrow('FORGE is not set')
})

test('for a bottle that is taken up again the host’s values are found again', async () => {
  expect(valuesOf(await secretsAgain(plan, new Map(), host)).sort()).toEqual(['forge-value', 'npm-value'])
  expect(valuesOf(await secretsAgain(plan, new Map(), { hostEnv: {} }))).toEqual([])
})

test('what cannot be had again is named, with why: what was typed, what the host no longer has, and credentials', async () => {
  const { missing } = await secretsAgain(plan, new Map(), { hostEnv: {} })
  expect(missing.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['NPM variable', 'KEY typed', 'FORGE credential'])
  expect(missing.map(({ why }) => why).join(' ')).toMatch(/HOST_NPM.*typed at launch.*FORGE is not set/)
})

test('the server that a value was typed into still knows it', async () => {
  const { secrets, missing } = await secretsAgain(plan, new Map([['KEY', 'typed-value']]), host)
  expect([...secrets]).toEqual([
    ['NPM', 'npm-value'],
    ['KEY', 'typed-value'],
  ])
  expect(missing).toEqual([])
})
