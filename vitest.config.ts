import { availableParallelism } from 'node:os'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const notHere = ['**/node_modules/**', '**/.next/**', '**/dist/**']
const alias = { '@': import.meta.dirname }

/** A busy machine may miss a limit once. In CI such a test is tried again, and named in the summary. */
const secondTry = process.env.CI ? 1 : 0

/** No test asserts on time; this is how long a busy machine may take until a test counts as hanging. */
const PATIENT = 30_000

/**
 * A real engine, for which these tests wait more than they compute: one file more at a time than there are cores. Each
 * has homes, and with them labels, names and networks, of its own; what they share is made before the first.
 */
const onEngine = {
  environment: 'node',
  globalSetup: ['./server/testing/bundle-built.ts', './server/testing/images-built.ts'],
  exclude: notHere,
  maxWorkers: Math.min(availableParallelism() + 1, 4),
  /** Of the tests within a file that say they may. */
  maxConcurrency: 3,
  sequence: { groupOrder: 1 },
  testTimeout: 120_000,
  hookTimeout: 600_000,
  retry: secondTry,
}

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'node',
          environment: 'node',
          maxWorkers: availableParallelism(),
          include: ['{server,docker,scripts,prisma,bench}/**/*.test.{ts,mjs}'],
          exclude: [...notHere, '**/*.{docker,smolvm}.test.ts'],
          retry: secondTry,
          testTimeout: PATIENT,
          hookTimeout: PATIENT,
        },
      },
      {
        plugins: [react()],
        resolve: { alias },
        test: {
          name: 'dom',
          environment: 'happy-dom',
          maxWorkers: availableParallelism(),
          include: ['app/**/*.test.{ts,tsx}'],
          setupFiles: ['./vitest.dom-setup.ts'],
          retry: secondTry,
          testTimeout: PATIENT,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'docker',
          include: ['{server,docker}/**/*.docker.test.ts'],
          ...onEngine,
        },
      },
      {
        resolve: { alias },
        test: {
          // The second backend, on the double of smolvm.
          name: 'microvm',
          include: ['server/**/*.smolvm.test.ts'],
          ...onEngine,
        },
      },
    ],
  },
})
