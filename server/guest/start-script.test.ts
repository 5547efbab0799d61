import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startScript } from './start-script.ts'

test.each(['plain', "it's", '"$(id)" `id` $HOME \\', 'two\nlines', '', ' ünïcode 🍾 ', "'; exit 1; '"])(
  'the value %j reaches the agent as it is',
  async (value) => {
    const script = `${startScript(new Map([['SECRET', value]]))}\nnode -p 'JSON.stringify(process.env.SECRET)'`
    const { stdout } = await promisify(execFile)('sh', ['-c', script])
    expect(JSON.parse(stdout)).toBe(value)
  },
)

test('what cannot be a variable is refused instead of run', () => {
  expect(() => startScript(new Map([['A;id', 'x']]))).toThrow('A;id cannot be the name of a variable.')
  expect(() => startScript(new Map([['A', 'x\0y']]))).toThrow('NUL')
})
