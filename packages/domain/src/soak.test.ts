import { describe, expect, test } from 'vitest';
import { soakMissingDays, soakText } from './soak.ts';

const DAY = 86_400_000;
const soak = { neededDays: 14, watchedSince: 1, firstSignalAt: 1_000, signals: 3 };

describe('days of watched signals', () => {
  test.each([
    ['from the first signal on', 1_000, 14],
    ['a part of a day is missing wholly', 1_000 + 1, 14],
    ['a day later', 1_000 + DAY, 13],
    ['in the last ms', 1_000 + 14 * DAY - 1, 1],
    ['over', 1_000 + 14 * DAY, 0],
    ['long over', 1_000 + 140 * DAY, 0],
  ])('%s', (_, now, missing) => {
    expect(soakMissingDays(soak, now)).toBe(missing);
  });

  test('without a signal nothing has been watched, however long the switch is on', () => {
    const quiet = { ...soak, firstSignalAt: null, signals: 0 };
    expect(soakMissingDays(quiet, 100 * DAY)).toBe(14);
    expect(soakMissingDays({ ...quiet, watchedSince: null }, 100 * DAY)).toBe(14);
    expect(soakMissingDays({ ...quiet, neededDays: 0 }, 0)).toBe(0);
  });

  test('the text says how many days are missing, and why', () => {
    expect(soakText(soak, 1_000 + 3 * DAY)).toBe(
      '11 of 14 days of watched signals are missing: 3 signals watched so far',
    );
    const quiet = { ...soak, firstSignalAt: null, signals: 0 };
    expect(soakText(quiet, 5)).toContain('no signal since its watchlist switch is on');
    expect(soakText({ ...quiet, watchedSince: null }, 5)).toContain('watchlist switch is off');
    expect(soakText(soak, 20 * DAY)).toBe('soak of 14 days is over, 3 signals watched');
  });
});
