import { setTimeout } from 'node:timers/promises'
import { chromium } from '@playwright/test'
import config from '../../playwright.config.ts'

export interface WatchedOverview {
  /** Milliseconds between each two frames that the page drew. */
  frames: readonly number[]
  /** Of the page's main thread, all that it did, ms per second. */
  busy: number
}

/** Opens the overview in a browser, waits for its rows, and watches how smoothly it draws for so many seconds. */
export async function watchOverview(url: string, rows: number, seconds: number): Promise<WatchedOverview> {
  const browser = await chromium.launch(config.use?.launchOptions)
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(url)
    await page
      .locator('[data-list-item]')
      .nth(rows - 1)
      .waitFor()
    // What opening costs is another figure.
    await setTimeout(3000)
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Performance.enable')
    const worked = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics')
      return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000
    }
    const before = await worked()
    const frames = await page.evaluate(async (lengthMs) => {
      const seen: number[] = []
      let last = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
      for (const end = last + lengthMs; last < end; ) {
        const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
        seen.push(now - last)
        last = now
      }
      return seen
    }, seconds * 1000)
    return { frames, busy: ((await worked()) - before) / seconds }
  } finally {
    await browser.close()
  }
}
