import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // Saves every file that touches the records two seconds of processor time; see there.
    execArgv: ['--import', new URL('./scripts/require-drizzle.mjs', import.meta.url).href],
    // Two files at a time: they share one MariaDB, one Docker engine and often two cores.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
  },
});
