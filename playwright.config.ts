import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { defineConfig } from '@playwright/test'

const ci = Boolean(process.env.CI)

/** A browser that sees no network of a bottle come and go, where the machine allows it. */
const quietChromium = path.join(import.meta.dirname, 'e2e/fixtures/quiet-chromium.mjs')
const isQuiet = spawnSync(quietChromium, ['--try']).status === 0

const launchOptions = {
  executablePath: process.env.BOT_BOTTLE_CHROMIUM || '/usr/bin/chromium',
  // Chromium otherwise asks its maker's hosts for updates; as root it does not start with its own sandbox.
  args: [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ],
}

/**
 * What an operator does, in a real browser, against the built server and a real engine. Each test starts a server of
 * its own with an empty home (e2e/fixtures/dashboard.ts), so there is no `webServer` here.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/browser',
  globalSetup: './e2e/fixtures/warm-up.ts',
  // Of tests side by side each would drop the other's requests, unless browsers are kept from noticing.
  workers: isQuiet ? 2 : 1,
  // In CI a test that fails is tried once more, and named in the summary if it passes then.
  retries: ci ? 1 : 0,
  forbidOnly: ci,
  timeout: 120_000,
  globalTimeout: 35 * 60_000,
  expect: { timeout: 15_000 },
  reporter: [
    ['list'],
    ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? 'test-results/browser.json' }],
  ],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    // Recording costs a fifth of each test's time, so it waits until one fails. For one that does: --trace on
    trace: 'on-first-retry',
    screenshot: 'only-on-failure',
    launchOptions,
  },
  projects: [isQuiet ? { use: { launchOptions: { ...launchOptions, executablePath: quietChromium } } } : {}],
})
