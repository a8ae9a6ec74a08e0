import { defineConfig } from 'vitest/config';

const never = ['**/node_modules/**', '**/dist/**', '.ballast/**'];

/**
 * For two cores: the guards, then two test files at a time, then one at a time where a file starts
 * a whole platform.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          sequence: { groupOrder: 2 },
          include: ['packages/*/src/**/*.test.ts', 'services/**/src/**/*.test.{ts,tsx}'],
          exclude: never,
          testTimeout: 15_000,
        },
      },
      {
        test: {
          name: 'integration',
          sequence: { groupOrder: 2 },
          include: ['packages/*/test/**/*.test.ts', 'services/**/test/**/*.test.ts'],
          exclude: never,
          globalSetup: ['tools/stores/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'platform',
          sequence: { groupOrder: 3 },
          include: ['tools/**/*.test.ts'],
          exclude: [...never, 'tools/guards/**'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'simulation',
          sequence: { groupOrder: 2 },
          include: ['services/order-gateway/simulation/**/*.test.ts'],
          exclude: never,
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
