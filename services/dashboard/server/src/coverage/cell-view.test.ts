import { type GridCell, instrumentId } from '@ballast/domain';
import { expect, test } from 'vitest';
import { cellView } from './cell-view.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const HOUR = 3_600_000;
const whole: GridCell = {
  instrument: instrumentId('bybit', 'linear', 'BTCUSDT'),
  timeframe: '1m',
  checkedUntil: NOW - 60_000,
  from: NOW - 48 * HOUR,
  until: NOW - 60_000,
  expected: 10_000,
  missing: 0,
  empty: 0,
  unheard: 0,
  unseen: 0,
  lastMissingEnd: null,
};
const old = NOW - 24 * HOUR;

test.each<[string, Partial<GridCell>, string, string]>([
  ['nothing missing', {}, 'green', 'WHOLE'],
  ['confirmed empty minutes', { empty: 3 }, 'amber', 'EMPTY_CONFIRMED'],
  ['minutes that one exchange alone has not', { empty: 3, unheard: 1 }, 'amber', 'UNHEARD'],
  ['bars that nobody has looked for since', { unseen: 1 }, 'amber', 'LOOK_LATE'],
  ['exactly 1 % missing', { missing: 100, lastMissingEnd: old }, 'amber', 'SOME_MISSING'],
  ['more than 1 % missing', { missing: 101, lastMissingEnd: old }, 'red', 'MANY_MISSING'],
  ['one inside 24 h', { missing: 1, lastMissingEnd: old + 1 }, 'red', 'MISSING_LATELY'],
  ['one due inside 24 h, opened before', { lastMissingEnd: NOW }, 'red', 'MISSING_LATELY'],
  ['nothing looked at, bars due', { expected: 0, unseen: 7 }, 'red', 'NEVER_LOOKED_AT'],
  ['no bar due', { expected: 0 }, 'none', 'NONE_DUE'],
])('%s', (_what, part, colour, reason) => {
  expect(cellView({ ...whole, ...part }, NOW)).toMatchObject({ colour, reason });
});

test('what nobody looks for is red', () => {
  expect(cellView(undefined, NOW)).toEqual({
    ...{ colour: 'red', reason: 'NEVER_LOOKED_AT', checkedUntil: null },
    ...{ expected: 0, missing: 0, empty: 0, unheard: 0, unseen: 0 },
  });
});
