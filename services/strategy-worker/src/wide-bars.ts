import { barsOfMany, type Database } from '@ballast/db';
import {
  type Bar,
  type Instrument,
  type InstrumentId,
  newestDecidable,
  type Timeframe,
} from '@ballast/domain';
import { ALL_STRATEGIES } from '@ballast/strategies';
import { strategiesFor } from './live-parameters.ts';

/**
 * What was decidable longer ago than this when the worker began is history. A word of a wide bar is
 * not said again for hours, so that one of a moment ago is still heard after a restart; what has
 * been decided on already is stored, and is not decided on again.
 */
const HISTORY_AFTER_MS = 90_000;
/** A bar that comes into the store so much later than its successors is not heard. */
const LATEST_MS = 2 * 86_400_000;

export const WIDE_TIMEFRAMES: readonly Timeframe[] = [
  ...new Set(ALL_STRATEGIES.map(({ timeframe }) => timeframe)),
].filter((timeframe) => timeframe !== '1m');

type Tracked = Pick<Instrument, 'id' | 'session'>;

/** The closed bars wider than a minute, as market-data makes and stores them, each given once. */
export type WideBars = {
  /** Open time (epoch ms) of the newest bar that is history at `now`. */
  historyUntil(instrument: Tracked, timeframe: Timeframe, now: number): number;
  /** What has come into the store since the last call and may be decided on; oldest first. */
  due(instruments: readonly Instrument[], timeframe: Timeframe, now: number): Promise<Bar[]>;
};

export function createWideBars(db: Database): WideBars {
  const given = new Map<string, number>();
  const nameOf = (id: InstrumentId, timeframe: Timeframe): string => `${id} ${timeframe}`;

  function historyUntil({ id, session }: Tracked, timeframe: Timeframe, now: number): number {
    const name = nameOf(id, timeframe);
    const known = given.get(name);
    if (known !== undefined) return known;
    const newest = newestDecidable(timeframe, session, now - HISTORY_AFTER_MS);
    given.set(name, newest);
    return newest;
  }

  return {
    historyUntil,
    async due(instruments, timeframe, now) {
      const newest = new Map(
        [...new Set(instruments.map(({ session }) => session))].map(
          (session) => [session, newestDecidable(timeframe, session, now)] as const,
        ),
      );
      const awaited = instruments.filter(
        (one) =>
          strategiesFor(one, timeframe).length > 0 &&
          historyUntil(one, timeframe, now) < (newest.get(one.session) ?? 0),
      );
      if (awaited.length === 0) return [];
      const since = awaited.map((one) => historyUntil(one, timeframe, now));
      const stored = await barsOfMany(
        db,
        awaited.map(({ id }) => id),
        timeframe,
        {
          from: Math.max(Math.min(...since), Math.min(...newest.values()) - LATEST_MS),
          to: Math.max(...newest.values()),
        },
      );
      const sessions = new Map(awaited.map(({ id, session }) => [id, session]));
      return stored.filter(({ instrument, openTime }) => {
        const session = sessions.get(instrument);
        const name = nameOf(instrument, timeframe);
        const isNew = openTime > (given.get(name) ?? openTime);
        if (session === undefined || !isNew || openTime > (newest.get(session) ?? 0)) return false;
        given.set(name, openTime);
        return true;
      });
    },
  };
}
