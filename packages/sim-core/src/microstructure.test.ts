import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  expectedFundingSteps,
  fundingRateSteps,
  longShareSteps,
  openInterestLots,
} from './microstructure.ts';

const BTC = { seed: '1', symbol: 'BTCUSDT' };
const HOUR_MS = 3_600_000;
const moment = fc.integer({ min: 1_500_000_000_000, max: 2_000_000_000_000 });

test('values stay in bounds and move little in a minute', () => {
  fc.assert(
    fc.property(moment, fc.string({ maxLength: 8 }), (at, symbol) => {
      const from = { seed: '7', symbol };
      const lots = openInterestLots(from, 1_000_000, at);
      expect(lots).toBeGreaterThanOrEqual(780_000);
      expect(lots).toBeLessThanOrEqual(1_220_000);
      expect(Math.abs(openInterestLots(from, 1_000_000, at + 60_000) - lots)).toBeLessThan(1_000);
      const share = longShareSteps(from, at);
      expect(share).toBeGreaterThanOrEqual(3_700);
      expect(share).toBeLessThanOrEqual(7_300);
      expect(Math.abs(fundingRateSteps(from, at))).toBeLessThanOrEqual(50_000);
    }),
  );
});

test('a value depends on seed, symbol and time, and on nothing that was asked before', () => {
  const at = 1_800_000_123_456;
  const value = openInterestLots(BTC, 5_000, at);
  openInterestLots(BTC, 5_000, at + HOUR_MS);
  expect(openInterestLots(BTC, 5_000, at)).toBe(value);
  const others = [
    openInterestLots({ ...BTC, seed: '2' }, 5_000, at),
    openInterestLots({ ...BTC, symbol: 'ETHUSDT' }, 5_000, at),
  ];
  expect(new Set([value, ...others]).size).toBe(3);
});

test('the expected rate is the settled one at its time, and near it before', () => {
  const next = { settledAt: 1_800_000_000_000, intervalMs: 8 * HOUR_MS };
  const settled = fundingRateSteps(BTC, next.settledAt);
  expect(expectedFundingSteps(BTC, next.settledAt, next)).toBe(settled);
  const apart = (before: number): number =>
    Math.abs(expectedFundingSteps(BTC, next.settledAt - before, next) - settled);
  expect(apart(60_000)).toBeLessThan(100);
  expect(Math.max(...[2, 4, 6, 8].map((hours) => apart(hours * HOUR_MS)))).toBeGreaterThan(1_000);
});
