import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const notHere = ['**/node_modules/**', '**/.next/**', '**/dist/**']
const alias = { '@': import.meta.dirname }

/** A busy machine may miss a limit once. In CI such a test is tried again, and named in the summary. */
const secondTry = process.env.CI ? 1 : 0

/** No test asserts on time; this is how long a busy machine may take until a test counts as hanging. */
const PATIENT = 30_000

/** A real engine. One file at a time: two cores, and images that several tests share. */
const onEngine = {
  environment: 'node',
  globalSetup: ['./server/testing/bundle-built.ts'],
  exclude: notHere,
  fileParallelism: false,
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
