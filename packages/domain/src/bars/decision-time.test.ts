import { expect, test } from 'vitest';
import { decisionTime, newestDecidable } from './decision-time.ts';
import { nextOpenTime } from './expected-bars.ts';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);
/** A Thursday; Friday is half a day, and Monday the next one. New York is 5 hours behind UTC. */
const THANKSGIVING = at('2025-11-27T00:00:00Z');
const DAY = 24 * HOUR;

test('a bar is decided on at its close, one of a day at the opening after it', () => {
  expect(decisionTime('1h', 'continuous', 5 * HOUR)).toBe(6 * HOUR);
  expect(decisionTime('1d', 'continuous', 0)).toBe(DAY);
  const wednesday = THANKSGIVING - DAY;
  expect(decisionTime('1d', 'us-equity', wednesday)).toBe(at('2025-11-28T14:30:00Z'));
  const friday = THANKSGIVING + DAY;
  expect(decisionTime('1d', 'us-equity', friday)).toBe(at('2025-12-01T14:30:00Z'));
  const lastHour = at('2025-11-28T17:00:00Z');
  expect(decisionTime('1h', 'us-equity', lastHour), 'closes early').toBe(lastHour + HOUR);
});

test('the newest decidable bar is one that is traded, and whose time has come', () => {
  expect(newestDecidable('4h', 'continuous', 8 * HOUR)).toBe(4 * HOUR);
  expect(newestDecidable('4h', 'continuous', 8 * HOUR - 1)).toBe(0);
  const opening = at('2025-12-01T14:30:00Z');
  expect(newestDecidable('1d', 'us-equity', opening - 1)).toBe(THANKSGIVING - DAY);
  expect(newestDecidable('1d', 'us-equity', opening)).toBe(THANKSGIVING + DAY);
  const saturday = at('2025-11-29T12:00:00Z');
  expect(newestDecidable('1h', 'us-equity', saturday)).toBe(at('2025-11-28T17:00:00Z'));
});

test('the bar after one is the next of its session', () => {
  expect(nextOpenTime('15m', 'continuous', 0)).toBe(900_000);
  expect(nextOpenTime('1d', 'us-equity', THANKSGIVING + DAY)).toBe(at('2025-12-01T00:00:00Z'));
  expect(nextOpenTime('1h', 'us-equity', at('2025-11-28T17:00:00Z'))).toBe(
    at('2025-12-01T14:00:00Z'),
  );
  expect(nextOpenTime('1m', 'us-equity', at('2025-11-28T17:59:00Z'))).toBe(
    at('2025-12-01T14:30:00Z'),
  );
});
