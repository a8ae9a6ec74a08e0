import type { Bar, Instrument } from '@ballast/domain';
import { swingingChanges, walk } from './worker-stores.fixture.ts';

export const HOUR = 3_600_000;
/** A whole hour of 2025. */
export const BEGIN = 1_759_996_800_000;

/** Hours in waves of a day, as market-data stores them: rolled up from minutes. */
export function hours(instrument: Instrument, count: number): Bar[] {
  const changes = swingingChanges(count * 6, 40).filter((_, at) => at % 6 === 0);
  return walk(instrument, 0, changes).map((bar, at) => ({
    ...bar,
    ...{ timeframe: '1h', openTime: BEGIN + at * HOUR, builtFrom: 'bars' },
  }));
}
