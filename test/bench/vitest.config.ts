import { defineConfig } from 'vitest/config';

/** `npm run bench`: one file after the other, so that nothing but the machine disturbs a number. */
export default defineConfig({
  test: {
    include: ['test/bench/**/*.bench.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
    disableConsoleIntercept: true,
    reporters: ['dot'],
  },
});
