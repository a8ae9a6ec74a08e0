import { type Database, microstructureReach } from '@ballast/db';
import { POLLED_KINDS, type PolledKind, type Route } from '@ballast/feeds';
import { nextLook } from './series-times.ts';

/** One kind of one instrument, as far as it is stored. Times epoch ms. */
export type Series = {
  readonly route: Route;
  readonly kind: PolledKind;
  /** Oldest and newest stored point; null before the first. */
  first: number | null;
  last: number | null;
  /** It was asked for before, with or without an answer that held a point. */
  wasLooking: boolean;
  dueAt: number;
  /** Nothing more is to be had of the time before `first`. */
  historyDone: boolean;
  refusedUntil: number;
};

/** The series of the instruments that are wanted; where each stands is read from the database. */
export function createSeriesBook(db: Database): {
  /** All of them, after those that came and went. */
  refresh(routes: readonly Route[], now: number): Promise<readonly Series[]>;
} {
  const series = new Map<string, Series>();
  const nameOf = (instrument: string, kind: string): string => `${instrument} ${kind}`;

  return {
    async refresh(routes, now) {
      const wanted = new Set(
        routes.flatMap(({ instrument }) => POLLED_KINDS.map((kind) => nameOf(instrument.id, kind))),
      );
      for (const name of series.keys()) if (!wanted.has(name)) series.delete(name);
      const added = routes.filter(
        ({ instrument }) => !series.has(nameOf(instrument.id, POLLED_KINDS[0])),
      );
      if (added.length > 0) {
        const ids = added.map(({ instrument }) => instrument.id);
        const reach = await microstructureReach(db, ids, POLLED_KINDS);
        const stored = new Map(reach.map((one) => [nameOf(one.instrument, one.kind), one]));
        for (const route of added) {
          for (const kind of POLLED_KINDS) {
            const name = nameOf(route.instrument.id, kind);
            const { first = null, last = null } = stored.get(name) ?? {};
            const dueAt = nextLook(route.instrument.id, kind, now);
            const fresh = { wasLooking: last !== null, historyDone: false, refusedUntil: 0 };
            series.set(name, { route, kind, first, last, dueAt, ...fresh });
          }
        }
      }
      return [...series.values()];
    },
  };
}
