import type { Bus } from '@ballast/bus';
import {
  type Database,
  type GapRow,
  isFenced,
  openDatabase,
  recentBars,
  saveBars,
  saveQualityRecords,
} from '@ballast/db';
import type { Bar, Instrument, InstrumentId } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { startAwaitedMinutes } from '../backfill/awaited-minutes.ts';
import { createFirstHistory } from '../backfill/first-history.ts';
import { createGapFiller } from '../backfill/gap-filler.ts';
import { fetchRecent, recentFrom } from '../backfill/recent-bars.ts';
import { tellUntold } from '../backfill/untold-bars.ts';
import { createBarStore } from '../bar-store.ts';
import { minuteOf, REACH_MS, startGapWatch } from '../coverage/gap-watch.ts';
import { BARS_HELD_MS } from '../hub/held-bars.ts';
import type { Hub } from '../hub/hub.ts';
import type { Target } from '../hub/output.ts';
import { GAP_BARS_MAX } from '../jobs/job-for-gap.ts';
import { createQualityWatch } from '../quality/quality-watch.ts';
import { startRollWatch } from '../rolling/roll-watch.ts';
import type { Unheard } from '../sources/unheard.ts';
import { openPublishers } from './publishers.ts';
import { recentlyPublished } from './recently-published.ts';

/** What was let out before the last word of a lease may still have been on its way then. */
const MARGIN_MS = 20_000;
/** Wide bars that had ended before another process did and that it may not have made. */
const ROLL_AGAIN_MS = 10 * 60_000;
const HISTORY_MS = 4 * 3_600_000;

export type TenureParts = {
  readonly bus: Bus;
  readonly databaseUrl: string;
  readonly hub: Hub;
  readonly fence: number;
  /** When there was an active process for the last time, epoch ms. */
  readonly lastActiveAt: number;
  /** Whether the tenure goes on; sinks judge the fence of one that has lapsed. */
  readonly isHeld: () => boolean;
  /** What only the active process hears. */
  readonly unheard?: Pick<Unheard, 'giveUpBefore'>;
  /** A sink has seen a higher fence. */
  readonly onFenced: () => void;
  readonly now: () => number;
  readonly log: Logger;
};

type Closer = () => Promise<void>;
/** Makes a job of a gap that is too large to be filled by the way; true when it has. */
type JobForGap = (gap: GapRow, instrument: Instrument) => Promise<boolean>;
/** Jobs have connections of their own beside what is stored as it comes. */
const CONNECTIONS = 8;

/**
 * What the active process alone does: it publishes, stores, and keeps what is stored whole. It ends
 * with its lease; what it still writes after that is refused by Redis and by Postgres.
 */
export class Tenure {
  readonly fence: number;
  readonly db: Database;
  readonly #parts: TenureParts;
  readonly #closers: Closer[] = [];
  readonly #counts: (() => Readonly<Record<string, number>>)[] = [];
  #ended: Promise<void> | null = null;
  #hasOpened = false;
  #storeNow: (bars: readonly Bar[]) => Promise<void> = () => Promise.resolve();
  readonly #firstHistory: ReturnType<typeof createFirstHistory>;
  /** Those whose history is being asked for. */
  readonly #asking = new Set<InstrumentId>();
  #lookNow: () => void = () => undefined;
  #rollAgain: (instrument: Instrument, minutes: { from: number; to: number }) => void = () =>
    undefined;
  /** Until there are jobs a large gap is left alone. */
  #jobForGap: JobForGap = ({ bars }) => Promise.resolve(bars > GAP_BARS_MAX);

  constructor(parts: TenureParts) {
    this.#parts = parts;
    this.fence = parts.fence;
    this.db = openDatabase(parts.databaseUrl, {
      max: CONNECTIONS,
      feedFence: parts.fence,
      onError: (error) => parts.log.warn({ err: error }, 'database connection lost'),
    });
    this.#closers.push(() => this.db.close());
    this.#firstHistory = this.#openFirstHistory();
  }

  get isOver(): boolean {
    return this.#ended !== null;
  }

  /** Whether it has let anything out, now or before its end. */
  get hasOpened(): boolean {
    return this.#hasOpened;
  }

  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts.flatMap((count) => Object.entries(count())));
  }

  /**
   * A part that ends with the tenure, before those that were added earlier, and what it counts.
   * @throws Error when the tenure is over already; the part ends then too
   */
  add(close: Closer, counts: () => Readonly<Record<string, number>> = () => ({})): void {
    if (this.isOver) {
      void this.#closeOne(close);
      throw new Error(`the tenure of fence ${this.fence} is over`);
    }
    this.#closers.push(close);
    this.#counts.push(counts);
  }

  /** From now on large gaps go to jobs. */
  giveLargeGapsTo(jobForGap: JobForGap): void {
    this.#jobForGap = jobForGap;
  }

  /** Takes over what leaves the hub. Until then the hub holds it back. */
  async open(): Promise<void> {
    const { bus, hub, lastActiveAt, unheard } = this.#parts;
    const target = this.#openTarget();
    const since = Math.min(lastActiveAt, hub.output.takenBackSince()) - MARGIN_MS;
    const barsSince = lastActiveAt - BARS_HELD_MS - MARGIN_MS;
    const published = await recentlyPublished(bus, { since, barsSince, lastActiveAt });
    if (this.isOver) return;
    this.#hasOpened = true;
    unheard?.giveUpBefore(lastActiveAt);
    const { bars, lost } = hub.output.open(target, published);
    hub.pipeline.wasTold([...published.bars, ...bars], barsSince);
    hub.unwritten(lost, 'surplus');
    this.#fillGaps();
    this.#doubtStored(new Set(published.bars.map(({ instrument }) => instrument)), barsSince);
  }

  /** Not waited for: what Redis does not tell is rarely needed, and 600 are not read at once. */
  #doubtStored(told: ReadonlySet<InstrumentId>, since: number): void {
    const { hub, log } = this.#parts;
    const instruments = hub.instruments.map(({ id }) => id).filter((id) => !told.has(id));
    void tellUntold({ db: this.db, log }, { instruments, since }, (bar) => {
      if (!this.isOver) hub.pipeline.wasTold([bar]);
    });
  }

  /** What judges, stores and publishes. */
  #openTarget(): Target {
    const { bus, hub, fence, isHeld, onFenced, now, log } = this.#parts;
    const { db } = this;
    const instruments = () => hub.instruments;
    const rolls = startRollWatch({ db, instruments, begin: now() - ROLL_AGAIN_MS, now, log });
    this.#rollAgain = rolls.storedLate;
    this.add(
      () => rolls.stop(),
      () => rolls.counts,
    );
    const quality = createQualityWatch({
      ...{ instruments, now, log },
      save: (records) => saveQualityRecords(db, records),
    });
    hub.listen(quality);
    this.add(async () => {
      hub.listen(null);
      await quality.stop();
    }, quality.counts);
    const barStore = createBarStore(async (bars) => {
      await saveBars(db, bars).catch((error: unknown) => {
        if (isFenced(error)) onFenced();
        throw error;
      });
      rolls.stored(bars);
    }, log);
    this.add(
      () => barStore.close(),
      () => prefixed('barStore', barStore.counts),
    );
    this.#storeNow = barStore.storeNow;
    const publishers = openPublishers(bus, {
      ...{ fence, isHeld, onFenced, log },
      onPressure: (high) => hub.setPaused(high),
      onUnwritten: (events, why) => hub.unwritten(events, why),
    });
    this.add(
      () => publishers.close(),
      () => prefixed('publish', publishers.counts()),
    );
    return {
      publish: publishers.publish,
      store(bars) {
        quality.onBars(bars);
        barStore.add(bars);
      },
    };
  }

  #fillGaps(): void {
    const { hub, now, log } = this.#parts;
    const { historyOf } = hub;
    const { db } = this;
    const filler = createGapFiller({
      ...{ db, historyOf, reachMs: REACH_MS, now, log },
      jobForGap: (gap, instrument) => this.#jobForGap(gap, instrument),
    });
    const gaps = startGapWatch({
      ...{ db, now, log, fill: filler.fill, begin: minuteOf(now()) },
      instruments: () => hub.instruments,
      onCome: (instrument, stretch) => this.#rollAgain(instrument, stretch),
    });
    this.#lookNow = gaps.lookNow;
    this.add(
      () => {
        filler.stop();
        return gaps.stop();
      },
      () => ({ ...gaps.counts, ...filler.counts }),
    );
    const fetch = recentFrom(historyOf, now);
    const awaited = startAwaitedMinutes({
      ...{ pipeline: hub.pipeline, fetch, asking: this.#asking, now, log },
      sourceOf: (id) => historyOf(id)?.history.source,
    });
    this.add(() => awaited.stop());
  }

  /** The last hours of instruments that have no bar yet, as far as they can be had. */
  fetchHistory(): Promise<void> {
    return this.#firstHistory.fetchNow();
  }

  #openFirstHistory(): ReturnType<typeof createFirstHistory> {
    const { hub, now, log } = this.#parts;
    const { db } = this;
    const isOver = (): boolean => this.isOver;
    const fetch = recentFrom(hub.historyOf, now);
    return createFirstHistory({
      ...{ isOver, log },
      instruments: () => hub.instruments,
      hasBars: async (id) => (await recentBars(db, id, '1m', 1)).length > 0,
      bring: async (bare) => {
        const from = minuteOf(now()) - HISTORY_MS;
        const store = this.#storeNow;
        const asking = this.#asking;
        await fetchRecent(bare, from, { fetch, store, asking, isOver, now, log });
        this.#lookNow();
      },
    });
  }

  /** Lets nothing out from this moment on, and ends everything. */
  end(): Promise<void> {
    this.#parts.hub.output.close();
    return (this.#ended ??= this.#close());
  }

  async #close(): Promise<void> {
    for (const close of this.#closers.toReversed()) await this.#closeOne(close);
  }

  async #closeOne(close: Closer): Promise<void> {
    await close().catch((error: unknown) => {
      this.#parts.log.warn({ err: error }, 'a part did not end cleanly');
    });
  }
}

function prefixed(prefix: string, counts: Readonly<Record<string, number>>) {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => {
      return [`${prefix}${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, count];
    }),
  );
}
