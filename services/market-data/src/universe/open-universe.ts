import { type Database, heldInstruments, loadUniverse, universeVersion } from '@ballast/db';
import type { Instrument, InstrumentId } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { isSame } from './compare-listing.ts';

/** A standby learns this late of a change that the active process stored. */
const EVERY_MS = 5_000;

export type UniverseChange = {
  readonly added: readonly Instrument[];
  readonly removed: readonly InstrumentId[];
  /** Still streamed, and the venue demands something else of their orders. */
  readonly changed: readonly Instrument[];
};

export type Universe = {
  /**
   * What is to be streamed: all that its venue lists and that the operator wants or that is held,
   * since a price is needed to get out of it.
   */
  wanted(): readonly Instrument[];
  /** Told after each change, in the order of the changes. Returns what ends it. */
  onChange(listener: (change: UniverseChange) => void): () => void;
  /** Reads again at once, for who has just stored a change. @throws the database's error */
  reload(): Promise<void>;
  readonly counts: { universeChanges: number; failedUniverseReads: number };
  stop(): Promise<void>;
};

/** The universe as it is stored, followed: the active process and the standby see the same. */
export async function openUniverse(options: {
  db: Database;
  log: Logger;
  everyMs?: number;
}): Promise<Universe> {
  const { db, log } = options;
  const counts = { universeChanges: 0, failedUniverseReads: 0 };
  const listeners = new Set<(change: UniverseChange) => void>();
  let current: readonly Instrument[] = [];
  let version = '';
  let reading: Promise<void> = Promise.resolve();

  async function read(): Promise<void> {
    const held = await heldInstruments(db);
    const next = `${await universeVersion(db)} ${held.join(' ')}`;
    if (next === version) return;
    const streamed = await readStreamed(held);
    version = next;
    const change = changeOf(current, streamed);
    current = streamed;
    if (change.added.length + change.removed.length + change.changed.length === 0) return;
    counts.universeChanges += 1;
    for (const listener of listeners) listener(change);
  }

  async function readStreamed(held: readonly string[]): Promise<Instrument[]> {
    const isHeld = new Set(held);
    const rows = await loadUniverse(db);
    const kept = rows.filter(({ wanted, instrument }) => !wanted && isHeld.has(instrument.id));
    for (const { instrument } of kept) {
      log.warn(
        { code: 'REMOVED_AND_HELD', instrument: instrument.id },
        'not in the universe, and streamed for as long as it is held',
      );
    }
    return rows
      .filter(({ wanted, listed, instrument }) => listed && (wanted || isHeld.has(instrument.id)))
      .map(({ instrument }) => sameObject(current, instrument));
  }

  /** One after the other: an older reading never follows a newer one. */
  function reload(): Promise<void> {
    const next = reading.then(read);
    reading = next.catch(() => undefined);
    return next;
  }

  await reload();
  const timer = setInterval(() => {
    reload().catch((error: unknown) => {
      counts.failedUniverseReads += 1;
      log.warn({ err: error }, 'the universe was not read; what was streamed goes on');
    });
  }, options.everyMs ?? EVERY_MS);
  return {
    wanted: () => current,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reload,
    counts,
    async stop() {
      clearInterval(timer);
      listeners.clear();
      await reading;
    },
  };
}

/** One that is as it was stays the very same object: who follows it need not begin anew. */
function sameObject(before: readonly Instrument[], instrument: Instrument): Instrument {
  const known = before.find(({ id }) => id === instrument.id);
  return known !== undefined && isSame(known, instrument) ? known : instrument;
}

function changeOf(before: readonly Instrument[], after: readonly Instrument[]): UniverseChange {
  const old = new Map(before.map((instrument) => [instrument.id, instrument]));
  const now = new Set(after.map(({ id }) => id));
  return {
    added: after.filter(({ id }) => !old.has(id)),
    removed: before.map(({ id }) => id).filter((id) => !now.has(id)),
    changed: after.filter((instrument) => {
      const known = old.get(instrument.id);
      return known !== undefined && !isSame(known, instrument);
    }),
  };
}
