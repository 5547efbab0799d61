import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { sideBySide } from './side-by-side.ts'

test('both results, in their order', async () => {
  expect(
    await sideBySide(
      async () => 1,
      async () => 'two',
    ),
  ).toEqual([1, 'two'])
})

test.each([0, 1])(
  'when branch %i fails the other ends its step, begins no more, and only then the failure is told',
  async (which) => {
    const did: string[] = []
    const failing = async () => {
      throw new Error('the bundle did not come up')
    }
    const going = async (still: () => void) => {
      await turn()
      await turn()
      did.push('its step')
      still()
      did.push('the next step')
    }
    const both = which === 0 ? sideBySide(failing, going) : sideBySide(going, failing)
    await expect(both).rejects.toThrow('the bundle did not come up')
    expect(did).toEqual(['its step'])
  },
)
