import { type Database, saveMicrostructure } from '@ballast/db';
import type { MicrostructurePoint } from '@ballast/domain';
import type { PolledMicrostructure } from '@ballast/feeds';
import type { Series } from './series-book.ts';
import { knownSince, nextLook } from './series-times.ts';

/** So many stored points are asked for again each time: the venue may have revised them. */
const ASKED_AGAIN = 3;

/** Asks the venue for a part of a series and stores what is new of it. */
export function createSeriesLook(options: {
  db: Database;
  listings: PolledMicrostructure;
  historyMs: number;
  now: () => number;
  counts: { microstructurePoints: number; microstructureRequests: number };
  isStopped: () => boolean;
}) {
  const { db, listings, historyMs, now, counts, isStopped } = options;

  async function ask(
    series: Series,
    from: number,
    to: number,
  ): Promise<readonly MicrostructurePoint[]> {
    const { route, kind } = series;
    counts.microstructureRequests += 1;
    const points = await listings.points(route, kind, from, to);
    const receivedAt = now();
    // What is older than all that is stored lies before our first look, also after a restart.
    const wasLooking = series.wasLooking && (series.first === null || from >= series.first);
    const known = points.map((point) => ({
      ...point,
      ...knownSince(point.at, { receivedAt, wasLooking }),
    }));
    counts.microstructurePoints += await saveMicrostructure(db, known, receivedAt);
    const [oldest, newest] = [points[0]?.at, points.at(-1)?.at];
    if (oldest !== undefined) series.first = Math.min(series.first ?? oldest, oldest);
    if (newest !== undefined) series.last = Math.max(series.last ?? newest, newest);
    return points;
  }

  return {
    /** Everything from the newest stored point until now, stretch by stretch. */
    async look(series: Series): Promise<void> {
      const { kind, route, first, last } = series;
      const at = now();
      const stretch = listings.stretchMs(kind);
      const step = listings.stepMs(kind);
      const again = last === null ? at + 1 - stretch : last - (ASKED_AGAIN - 1) * step;
      const begin = Math.max(again, first ?? again, at - historyMs);
      for (let from = begin; from <= at; from += stretch) {
        if (isStopped()) return;
        await ask(series, from, Math.min(from + stretch, at + 1));
      }
      series.wasLooking = true;
      series.dueAt = nextLook(route.instrument.id, kind, now());
    },

    /** One stretch of the time before the first look. */
    async lookBack(series: Series): Promise<void> {
      const { first, kind } = series;
      if (first === null) return;
      const from = Math.max(first - listings.stretchMs(kind), now() - historyMs);
      const points = from < first ? await ask(series, from, first) : [];
      // The venue lists a market without holes since it began: an empty stretch is before that.
      series.historyDone = points.length === 0;
    },
  };
}
