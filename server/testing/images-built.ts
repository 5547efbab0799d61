import { docker } from '../backends/docker/index.ts'
import { engineAbsent, TestHome, testRun } from '../backends/docker/testing/test-home.ts'

/**
 * Before test files that run side by side: the images that all of them start from, made once. On a machine that reaches
 * no registry the first of them comes from Debian's archive, which takes a minute.
 */
export async function setup(): Promise<void> {
  if (await engineAbsent()) return
  await using home = await TestHome.create()
  const run = testRun({}, (event) => {
    if (event.type === 'step-started' && event.step === 'networks') run.cancel(IMAGES_ARE_THERE)
  })
  await docker(home.tools)
    .launch(await home.plan(), run)
    .catch((error: unknown) => {
      if (!run.signal.aborted) throw error
    })
  await run.scope.close()
}

const IMAGES_ARE_THERE = new Error('The images are there; no bottle is wanted.')
