import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TRADING_SESSIONS } from '../instrument.ts';
import { coverageGrid } from './coverage-grid.ts';
import { barCounter, coverageCell, type CoverageGap, coverageShare } from './coverage.ts';
import { expectedOpenTimes } from './expected-bars.ts';
import { TIMEFRAMES } from './timeframe.ts';

const MINUTE = 60_000;
const at = (text: string): number => Date.parse(`2026-11-20T${text}Z`);
const track = {
  timeframe: '1m',
  session: 'continuous',
  fromTime: at('10:00'),
  checkedUntil: at('12:00'),
} as const;
const gap = (first: string, last: string, kind: CoverageGap['kind'] = 'missing') => {
  return { fromTime: at(first), toTime: at(last), kind };
};

test('only what was looked at, inside the window, counts', () => {
  const gaps = [gap('10:10', '10:19'), gap('11:58', '12:05'), gap('10:30', '10:30', 'empty')];
  const day = { from: at('00:00'), to: at('23:00') };
  expect(coverageCell(track, gaps, day)).toEqual({
    ...{ from: at('10:00'), until: at('12:00') },
    ...{ expected: 120, missing: 12, empty: 1, unheard: 0, lastMissingEnd: at('12:06') },
  });
  const part = { from: at('10:15'), to: at('10:31') };
  expect(coverageCell(track, gaps, part)).toMatchObject({ expected: 16, missing: 5, empty: 1 });
  const before = { from: 0, to: at('09:00') };
  expect(coverageCell(track, gaps, before)).toMatchObject({ expected: 0, missing: 0, empty: 0 });
});

test('what nobody has asked for is not expected, and what one exchange alone has not is told apart', () => {
  const window = { from: at('00:00'), to: at('23:00') };
  const gaps = [
    gap('10:10', '11:09', 'unwanted'),
    gap('11:10', '11:10'),
    gap('11:20', '11:21', 'unheard'),
  ];
  expect(coverageCell(track, gaps, window)).toMatchObject({
    ...{ expected: 60, missing: 1, empty: 0, unheard: 2, lastMissingEnd: at('11:11') },
  });
});

test('a night between two sessions is nothing that could be missing', () => {
  const stock = {
    timeframe: '1m',
    session: 'us-equity',
    fromTime: at('14:30'),
    checkedUntil: at('21:00') + 4 * 24 * 60 * MINUTE,
  } as const;
  const friday: CoverageGap = {
    fromTime: at('20:58'),
    toTime: at('14:31') + 3 * 24 * 60 * MINUTE,
    kind: 'missing',
  };
  const window = { from: 0, to: Number.MAX_SAFE_INTEGER };
  expect(coverageCell(stock, [friday], window)).toMatchObject({ expected: 3 * 390, missing: 4 });
});

test('counting inside a window is as going through its bars one by one', () => {
  const window = { from: at('00:00') - 20 * 24 * 60 * MINUTE, to: at('23:00') };
  const minutes = fc.integer({ min: 0, max: (window.to - window.from) / MINUTE });
  const moment = minutes.map((since) => window.from + since * MINUTE);
  const kind = fc.tuple(fc.constantFrom(...TIMEFRAMES), fc.constantFrom(...TRADING_SESSIONS));
  fc.assert(
    fc.property(kind, moment, moment, ([timeframe, session], begin, end) => {
      const one = expectedOpenTimes(timeframe, session, { from: begin, to: end });
      expect(barCounter(timeframe, session, window)(begin, end)).toBe(one.length);
    }),
    { numRuns: 40 },
  );
});

test.each([
  [0, 0, null],
  [120, 0, '100'],
  [1_000_000, 1, '99.99'],
  [600, 10, '98.33'],
  [3, 3, '0.00'],
])('of %i expected %i missing is a share of %s', (expected, missing, share) => {
  expect(coverageShare({ expected, missing })).toBe(share);
});

test('the grid gives each track its own gaps, and says what has ended since the look', () => {
  const [btc, eth, gone] = ['bybit.linear:BTCUSDT', 'bybit.linear:ETHUSDT', 'bybit.linear:GONE'];
  const looked = { fromTime: at('10:00'), checkedUntil: at('12:00') };
  const tracks = [btc, eth, gone].map((instrument) => ({
    ...{ instrument, timeframe: '1m', ...looked },
  }));
  const hole = { instrument: eth, timeframe: '1m', fromTime: at('10:10'), toTime: at('10:19') };
  const gaps = [
    { ...hole, outcome: null },
    { ...hole, fromTime: at('11:00'), toTime: at('11:00'), outcome: 'empty' },
    { ...hole, timeframe: '5m', outcome: null },
  ];
  const sessions = new Map([btc, eth].map((instrument) => [instrument, 'continuous'] as const));
  const grid = coverageGrid(tracks, gaps, sessions, { from: at('00:00'), to: at('12:05') });
  expect(grid).toMatchObject({
    cells: [
      { instrument: btc, expected: 120, missing: 0, empty: 0, unseen: 5, lastMissingEnd: null },
      { instrument: eth, expected: 120, missing: 10, empty: 1, lastMissingEnd: at('10:20') },
    ],
    unknown: ['bybit.linear:GONE 1m'],
  });
});
