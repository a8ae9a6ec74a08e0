import { type Database, microstructureReach, saveMicrostructure } from '@ballast/db';
import type { InstrumentId, MicrostructureKind, MicrostructurePoint } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { TakerVolume } from './taker-volume.ts';

const KINDS: readonly MicrostructureKind[] = ['taker-buy-volume', 'taker-sell-volume'];
/** Points that wait for a database that is away: two hours of 600 instruments. */
const WAITING_MAX = 30_000;

export type TakerStoreCounts = { takerPoints: number; takerPointsDropped: number };

/**
 * Stores finished intervals. After a takeover those that the process before has told stand as it
 * told them: only what came after the newest of them is stored.
 */
export function createTakerStore(options: {
  db: Database;
  taker: TakerVolume;
  instruments: () => readonly InstrumentId[];
  now: () => number;
  log: Logger;
}): { counts: TakerStoreCounts; store(): Promise<void> } {
  const { db, taker, instruments, now, log } = options;
  const counts = { takerPoints: 0, takerPointsDropped: 0 };
  /** By series and time: of a point that was revised while it waited the last value counts. */
  const waiting = new Map<string, MicrostructurePoint>();
  let afterTakeover = true;

  async function lastStored(): Promise<Map<string, number>> {
    const ids = [...new Set([...waiting.values()].map(({ instrument }) => instrument))];
    const reach = await microstructureReach(db, ids, KINDS);
    return new Map(reach.map(({ instrument, kind, last }) => [`${instrument} ${kind}`, last]));
  }

  function drop(): void {
    const dropped = [...waiting.keys()].slice(0, Math.max(0, waiting.size - WAITING_MAX));
    if (dropped.length === 0) return;
    for (const name of dropped) waiting.delete(name);
    counts.takerPointsDropped += dropped.length;
    const code = 'TAKER_POINTS_DROPPED';
    log.error({ code, dropped: dropped.length }, 'volume of takers was not stored');
  }

  return {
    counts,
    async store() {
      taker.follow(instruments(), now());
      for (const point of taker.finished(now())) {
        const { instrument, kind, at } = point;
        waiting.set(`${instrument} ${kind} ${at}`, point);
      }
      if (waiting.size === 0) return;
      drop();
      if (afterTakeover) {
        const told = await lastStored();
        for (const [name, { instrument, kind, at }] of waiting) {
          if (at <= (told.get(`${instrument} ${kind}`) ?? 0)) waiting.delete(name);
        }
        afterTakeover = false;
      }
      const knownAt = now();
      const points = [...waiting.values()];
      const known = points.map((point) => ({ ...point, knownAt, source: 'trades' as const }));
      counts.takerPoints += await saveMicrostructure(db, known, knownAt);
      waiting.clear();
    },
  };
}
