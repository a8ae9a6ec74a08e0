import { type Database, loadUniverse } from '@ballast/db';
import type { Bar, Instrument, InstrumentId } from '@ballast/domain';

/** Venues change the steps of their orders seldom; the gateway asks for them anew by itself. */
const FRESH_MS = 15 * 60_000;

/** Instruments come, and venues change their steps, while the worker runs. */
export type KnownInstruments = {
  /**
   * The instruments of the universe, read again once a while, and those that are held, also of
   * what has left it. @param now epoch ms
   */
  current(now: number, held: ReadonlySet<InstrumentId>): Promise<readonly Instrument[]>;
  /** Reads again for one that is not known, and once a while in the time of the bars. */
  of(bar: Bar): Promise<Instrument | undefined>;
};

export function createKnownInstruments(db: Database): KnownInstruments {
  const instruments = new Map<InstrumentId, Instrument>();
  let readFor: number | null = null;
  let readAt = Number.NEGATIVE_INFINITY;
  let wanted: ReadonlySet<InstrumentId> = new Set();

  async function load(): Promise<void> {
    const rows = await loadUniverse(db);
    for (const { instrument } of rows) instruments.set(instrument.id, instrument);
    wanted = new Set(rows.filter((row) => row.wanted).map(({ instrument }) => instrument.id));
  }

  return {
    async current(now, held) {
      if (now >= readAt + FRESH_MS) {
        await load();
        readAt = now;
      }
      return [...instruments.values()].filter(({ id }) => wanted.has(id) || held.has(id));
    },
    async of({ instrument, openTime }) {
      readFor ??= openTime;
      if (!instruments.has(instrument) || openTime >= readFor + FRESH_MS) {
        await load();
        readFor = Math.max(readFor, openTime);
      }
      return instruments.get(instrument);
    },
  };
}
