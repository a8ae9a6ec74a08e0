import { expect, test } from 'vitest';
import { exploreRace } from './explore.ts';

const TIMEOUT_MS = 120_000;

test.each(['reduceOnly', 'reserved'] as const)(
  'stop, target, close and fills in every order on %s: no short, nothing left undone',
  (exits) => {
    const report = exploreRace(exits, { stop: 1, target: 1, close: 1 });
    console.log(`race: ${JSON.stringify(report)}`);
    expect(report).toMatchObject({ shorts: 0, overcommitted: 0, notEnded: 0 });
    expect(BigInt(report.interleavings)).toBeGreaterThan(1_000_000n);
  },
  TIMEOUT_MS,
);
