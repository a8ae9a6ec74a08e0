import { type Database, filledAfter } from '@ballast/db';
import { type Bar, TIMEFRAME_MS } from '@ballast/domain';
import { forgottenWholly } from '@ballast/strategies';

/** What a word was made from: bars without a hole, up to the one that it is said of. */
export type MadeFrom = {
  readonly bars: readonly Bar[];
  readonly barOpenTime: number;
  readonly warmUp: number;
};

/**
 * Why what is stored of the bars may be other than what was known at `decidedAt` (epoch ms); null
 * where it is not. Only bars that are not forgotten by then count, and of those that were
 * backfilled the ones that a gap or a job notes as stored later. When a bar was corrected is not
 * kept: each that was is taken for one that was later.
 */
export async function correctionOf(
  db: Database,
  { bars, barOpenTime, warmUp }: MadeFrom,
  decidedAt: number,
): Promise<string | null> {
  if (bars.at(-1)?.openTime !== barOpenTime) return 'the bar is not stored any more';
  if (bars.length <= warmUp) return 'too few bars without a gap are stored before it';
  const seen = bars.slice(-(forgottenWholly(warmUp) + 1));
  const corrected = seen.filter(({ state }) => state === 'corrected').length;
  if (corrected > 0) return `${corrected} of its bars were corrected, nobody has kept when`;
  const later = await backfilledLater(db, seen, decidedAt);
  return later === 0 ? null : `${later} of its bars came after the decision`;
}

async function backfilledLater(
  db: Database,
  seen: readonly Bar[],
  decidedAt: number,
): Promise<number> {
  const backfilled = seen.filter(({ state }) => state === 'backfilled');
  const [first, last] = [backfilled[0], backfilled.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const { instrument, timeframe } = first;
  const stretches = await filledAfter(db, {
    ...{ instrument, timeframe, from: first.openTime, to: last.openTime },
    after: decidedAt,
  });
  const lengthMs = TIMEFRAME_MS[timeframe];
  return backfilled.filter(({ openTime }) =>
    stretches.some(({ from, to }) => from < openTime + lengthMs && to > openTime),
  ).length;
}
