import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/bench/**', 'test/long/**'],
    pool: 'forks',
    // The default leaves a core idle, which on two cores is half of the machine.
    maxWorkers: availableParallelism(),
    globalSetup: ['test/support/bundle-page.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The numbers that .ci/run prints are the runner's own.
    reporters: ['default', ['json', { outputFile: '.test-results.json' }]],
  },
});
