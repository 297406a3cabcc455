import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        // No module of src keeps state, so the files of a worker may share what they have loaded:
        // loading it anew for each of them was a sixth of the suite.
        extends: true,
        test: {
          name: 'suite',
          include: ['test/**/*.test.ts'],
          exclude: ['test/bench/**', 'test/long/**', 'test/**/*.mocked.test.ts'],
          isolate: false,
        },
      },
      {
        // These replace a module of Node for everything that is loaded after.
        extends: true,
        test: { name: 'mocked', include: ['test/**/*.mocked.test.ts'] },
      },
    ],
    pool: 'forks',
    // One more than there are cores: tests wait for processes, browsers and files, too.
    maxWorkers: availableParallelism() + 1,
    globalSetup: ['test/support/bundle-page.ts', 'test/support/temporary-folder.ts'],
    // They end what hangs. A machine that is busy with other things is slow, and not wrong.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // What is waited for comes; how soon it does is no promise of a test.
    expect: { poll: { timeout: 300_000 } },
    // The numbers that .ci/run prints are the runner's own.
    reporters: [
      'default',
      ['json', { outputFile: process.env['TEST_RESULTS'] ?? '.test-results.json' }],
    ],
  },
});
