import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Much of a test's time is waiting for a process, a database or a clock: on few cores one more file at a time helps.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'product',
          include: [
            'src/**/*.test.ts',
            'journeys/**/*.test.ts',
            'bench/**/*.test.ts',
            'fuzz/**/*.test.ts',
            'mutations/**/*.test.ts',
          ],
          globalSetup: ['src/database/testing/start-test-postgres.ts'],
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'peers',
          include: ['peers/**/*.test.ts'],
          globalSetup: ['src/database/testing/start-test-postgres.ts'],
          pool: 'forks',
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
