import { expect, test } from 'vitest'
import { said, sh } from '../guest.ts'
import type { SceneOf } from '../scene.ts'
import { until } from '../until.ts'

/** Processes that a program starts before it is stopped, of 300. */
const FORKS = `python3 -c '
import os, signal, time
children = []
try:
    while len(children) < 300:
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        children.append(child)
except OSError:
    pass
for child in children: os.kill(child, signal.SIGKILL)
for child in children: os.waitpid(child, 0)
print(len(children))'`
/** Takes 768 MiB, twice what the bottle has. */
const HOG = `python3 -c 'held = [bytearray(b"1" * (16 << 20)) for _ in range(48)]'`
/** To shared memory, which is memory. */
const fill = (bytes: number) => `head -c ${bytes} /dev/zero > /dev/shm/fill; code=$?; rm -f /dev/shm/fill; exit $code`

/** Row 53: what a bottle may have is its plan's, and the machine keeps the rest. */
export function limits(scene: SceneOf): void {
  /** Killed programs take a moment to leave their places. */
  const untilRuns = () =>
    until(
      async () =>
        (
          await scene()
            .bottle.sh('echo alive')
            .catch(() => null)
        )?.stdout === 'alive\n',
    )
  /** It goes on, and its boundary with it. */
  async function livesOn() {
    await untilRuns()
    const { reply } = await scene().bottle.attack({ kind: 'tcp', to: '1.1.1.1:443' })
    expect(reply).not.toContain('REACHED')
  }

  test('53 a fork bomb ends at its limit, and the bottle lives on', async (context) => {
    const { skipped } = scene().bottle
    if (skipped.kernel) return context.skip(skipped.kernel)
    expect(await said(scene().unprotected, FORKS), 'the control').toBe('300')
    const forked = Number(await said(scene().bottle, FORKS))
    expect(forked).toBeGreaterThan(0)
    expect(forked).toBeLessThan(scene().bottle.plan.limits.pids)
    await livesOn()
  })
  test('53 a program that takes all memory is ended, and the bottle lives on', async () => {
    expect(await sh(scene().unprotected, HOG), 'the control').toMatchObject({ code: 0 })
    expect((await scene().bottle.sh(HOG)).code).not.toBe(0)
    await livesOn()
  })
  test('53 shared memory is no way round the limit of memory', async (context) => {
    const { skipped } = scene().bottle
    if (skipped.kernel) return context.skip(skipped.kernel)
    expect(await scene().bottle.sh(fill(2 ** 20)), 'the control: a little of it').toMatchObject({ code: 0 })
    expect((await scene().bottle.sh(fill(2 ** 30))).code).not.toBe(0)
    await livesOn()
  })
}
