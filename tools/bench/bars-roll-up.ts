import { type BarColumns, createRollUpMemory, emptyColumns, rollUpAll } from '@ballast/domain';

const INSTRUMENTS = 600;
const INSTRUMENTS_PER_TURN = 20;
const MINUTES = 14_400;
const MINUTE_MS = 60_000;
/** A Monday. */
const BEGIN = Date.UTC(2024, 0, 1);

/**
 * 1-minute bars a second: all wider timeframes of ten days, one instrument after the other on one
 * memory, and one plain pass over the same. Both by turns, some instruments at a time, so that what
 * else the machine does falls on both.
 */
export function rollUpRounds(rounds: number): { ours: number; plain: number }[] {
  const days = Array.from({ length: INSTRUMENTS }, (_, index) => dayOf(index));
  const memory = createRollUpMemory();
  const rollAll = (day: BarColumns): number => rollUpAll(day, 'continuous', memory)['1w'].length;
  const round = (): { ours: number; plain: number } => {
    const spentMs = { ours: 0, plain: 0 };
    for (let from = 0; from < INSTRUMENTS; from += INSTRUMENTS_PER_TURN) {
      const some = days.slice(from, from + INSTRUMENTS_PER_TURN);
      spentMs.ours += timed(some, rollAll);
      spentMs.plain += timed(some, plainPass);
    }
    const speed = (ms: number): number => Math.round((INSTRUMENTS * MINUTES) / (ms / 1_000));
    return { ours: speed(spentMs.ours), plain: speed(spentMs.plain) };
  };
  // Both are compiled before any clock runs.
  for (let warm = 0; warm < 3; warm += 1) round();
  return Array.from({ length: rounds }, round);
}

function timed(days: readonly BarColumns[], work: (day: BarColumns) => number): number {
  const startedAt = performance.now();
  let sum = 0;
  for (const day of days) sum += work(day);
  if (sum === 0) throw new Error('nothing was calculated');
  return performance.now() - startedAt;
}

/** Highest, lowest, last and sum of every bar: what any roll-up has to read. */
function plainPass({ length, open, high, low, close, volume, tradeCount }: BarColumns): number {
  let highest = Number.NEGATIVE_INFINITY;
  let lowest = Number.POSITIVE_INFINITY;
  let last = 0;
  let sum = 0;
  for (let index = 0; index < length; index += 1) {
    const top = high[index] ?? 0;
    const bottom = low[index] ?? 0;
    if (top > highest) highest = top;
    if (bottom < lowest) lowest = bottom;
    last = (close[index] ?? 0) - (open[index] ?? 0);
    sum += (volume[index] ?? 0) + (tradeCount[index] ?? 0);
  }
  return highest + lowest + last + sum;
}

function dayOf(seed: number): BarColumns {
  const columns = emptyColumns(MINUTES);
  for (let index = 0; index < MINUTES; index += 1) {
    const level = 10_000 + ((index * 7_919 + seed * 104_729) % 1_000);
    columns.openTime[index] = BEGIN + index * MINUTE_MS;
    columns.open[index] = level;
    columns.high[index] = level + 9;
    columns.low[index] = level - 7;
    columns.close[index] = level + 3;
    columns.volume[index] = index % 900;
    columns.tradeCount[index] = index % 50;
    columns.minutes[index] = 1;
  }
  return columns;
}
