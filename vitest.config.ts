import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'test/*.test.ts'],
    reporters: ['default', './test/closing-line.ts'],
    globalSetup: './test/build-pages.ts',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores, and many tests that start servers of their own.
    maxWorkers: 2,
    // A test that was left focused or skipped by mistake fails the run.
    allowOnly: false,
  },
});
