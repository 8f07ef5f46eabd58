import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'test/*.test.ts'],
    reporters: ['default', './test/closing-line.ts'],
    globalSetup: './test/build-pages.ts',
    // A busy machine is no fault: these are for what hangs. Longer than the longest wait within a test.
    testTimeout: 240_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    // Two cores, and many tests that start servers of their own.
    maxWorkers: 2,
    // A test that was left focused or skipped by mistake fails the run.
    allowOnly: false,
  },
});
