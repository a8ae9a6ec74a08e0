import { type Database, loadGaps } from '@ballast/db';
import { type Signal, TIMEFRAME_MS } from '@ballast/domain';
import type { MissingBars } from '@ballast/strategies';

const MINUTE_MS = TIMEFRAME_MS['1m'];

/**
 * Minutes that are missing so far back from the decision, and in the signal's bar however wide it
 * is. What the bar lacks and nobody has noted yet counts too; minutes that are known to have had no
 * bar at their source do not.
 * @param missing minutes that the bar was made without
 */
export async function missingMinutes(
  db: Database,
  { instrument, barOpenTime, decidedAt }: Signal,
  { coverageMs, missing }: { readonly coverageMs: number; readonly missing: number },
): Promise<MissingBars[]> {
  if (coverageMs === 0) return [];
  const from = Math.min(decidedAt - coverageMs, barOpenTime);
  const gaps = await loadGaps(db, { instrument, timeframe: '1m', from, to: decidedAt });
  const noted = gaps
    .map(({ fromTime, toTime }) => (toTime - Math.max(fromTime, barOpenTime)) / MINUTE_MS + 1)
    .reduce((sum, minutes) => sum + Math.max(0, minutes), 0);
  const open: MissingBars[] = gaps
    .filter(({ endedAt }) => endedAt === null)
    .map(({ fromTime, bars }) => ({ fromTime, bars }));
  return missing > noted ? [...open, { fromTime: barOpenTime, bars: missing - noted }] : open;
}
