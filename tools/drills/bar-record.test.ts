import { expect, test } from 'vitest';
import { hasEnded } from './bar-record.ts';

const MINUTE_MS = 60_000;
const range = { from: 10 * MINUTE_MS, to: 12 * MINUTE_MS };

const market = (minutes: number) => ({ bars: Array.from({ length: minutes }) });

test('a range has ended when the venue tells every minute of it, the last one too', () => {
  expect(hasEnded([market(3), market(3)], range)).toBe(true);
  expect(hasEnded([market(3), market(2)], range)).toBe(false);
  expect(hasEnded([market(2), market(2)], range)).toBe(false);
});
