import { defineConfig } from 'vitest/config';

/** What does not come ends a test; how long it takes hangs on what else the machine does. */
const patient = { poll: { timeout: 20_000 } };

const never = ['**/node_modules/**', '**/dist/**', '.ballast/**'];

/**
 * For two cores: the guards, then two test files at a time, and one at a time where a file starts
 * a whole platform. `npm test` runs some projects beside each other: tools/test-run/main.ts.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          expect: patient,
          sequence: { groupOrder: 2 },
          // A worker for many files: they share modules, which hold no state, and load them once.
          isolate: false,
          include: ['packages/*/src/**/*.test.ts', 'services/**/src/**/*.test.{ts,tsx}'],
          exclude: never,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          expect: patient,
          sequence: { groupOrder: 2 },
          isolate: false,
          include: ['packages/*/test/**/*.test.ts', 'services/**/test/**/*.test.ts'],
          exclude: never,
          globalSetup: ['tools/stores/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'platform',
          expect: patient,
          sequence: { groupOrder: 3 },
          include: ['tools/**/*.test.ts'],
          exclude: [...never, 'tools/guards/**', 'tools/conformance/**'],
          fileParallelism: false,
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'conformance',
          sequence: { groupOrder: 4 },
          include: ['tools/conformance/*.test.ts'],
          exclude: never,
        },
      },
      {
        test: {
          name: 'simulation',
          sequence: { groupOrder: 2 },
          include: ['services/order-gateway/simulation/**/*.test.ts'],
          exclude: never,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'guards',
          sequence: { groupOrder: 1 },
          include: ['tools/guards/*.test.ts'],
          exclude: never,
          testTimeout: 120_000,
        },
      },
    ],
  },
});
