import type { Bar } from '@ballast/domain';
import { expect, test } from 'vitest';
import { importedAs, wideBars } from '../src/import/wide-bars.ts';
import { instrumentOf, MIDNIGHT, MINUTE } from './kept-bars.fixture.ts';

test('prices go on between the weeks of a file whose wider bars are made', async () => {
  const instrument = instrumentOf('TURNS');
  const bars = Array.from({ length: 5 * 7 * 24 }, (_, hour): Bar => ({
    ...{ openTime: MIDNIGHT + hour * 60 * MINUTE, builtFrom: 'venue', missing: 0 },
    ...{ open: '1', high: '1', low: '1', close: '1', volume: '1' },
    ...importedAs(instrument, '1h'),
  }));
  let turns = 0;
  let isMade = false;
  const count = (): void => {
    turns += 1;
    if (!isMade) setImmediate(count);
  };
  setImmediate(count);
  const made = await wideBars(bars, '1h', instrument, Number.MAX_SAFE_INTEGER);
  isMade = true;
  expect(made.map(({ length }) => length)).toEqual([210, 35, 5]);
  expect(turns).toBeGreaterThanOrEqual(5);
});
