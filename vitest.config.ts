import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const notHere = ['**/node_modules/**', '**/.next/**', '**/dist/**']
const alias = { '@': import.meta.dirname }

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
        },
      },
      {
        resolve: { alias },
        test: {
          // A real engine. One file at a time: two cores, and images that several tests share.
          name: 'docker',
          environment: 'node',
          include: ['{server,docker}/**/*.docker.test.ts'],
          globalSetup: ['./server/testing/bundle-built.ts'],
          exclude: notHere,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
